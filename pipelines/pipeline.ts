/**
 * Tasks by name.
 *
 * @module
 */
import type { CheckpointSource } from "../checkpoint/source.ts";
import { openCheckpoint } from "../hub/open_checkpoint.ts";
import { AutoModelForMaskedLM, type PreTrainedOptions } from "../models/mod.ts";
import { AutoTokenizer } from "../tokenizer/mod.ts";
import { FillMaskPipeline } from "./fill_mask.ts";

/** The pipeline of each task. */
export interface Pipelines {
  /** Fills in hidden words. */
  "fill-mask": FillMaskPipeline;
}

/** Tasks that there is a pipeline for. */
export type PipelineTask = keyof Pipelines;

type Loader<Task extends PipelineTask> = (
  source: CheckpointSource,
  options: PreTrainedOptions,
) => Promise<Pipelines[Task]>;

const loaders: { readonly [Task in PipelineTask]: Loader<Task> } = {
  "fill-mask": async (source, options) => {
    const tokenizer = await AutoTokenizer.from_pretrained(source);
    const model = await AutoModelForMaskedLM.from_pretrained(source, options);
    // A converted model reads more than the tokenizer's files say.
    if (options.lsg) tokenizer.model_max_length = model.maxLength;
    try {
      return new FillMaskPipeline(tokenizer, model);
    } catch (error) {
      model.dispose();
      throw error;
    }
  },
};

/**
 * Loads a tokenizer and a model for a task.
 *
 * @param task The task.
 * @param checkpoint A folder, `owner/name` on the hub, a URL, or a source of files.
 * @param options Device, overrides, conversion to LSG; revision, cache, token, progress.
 * @returns The pipeline; the caller disposes of it.
 * @throws {RangeError} If there is no such task, or a file is missing or does not fit.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 * @throws {SyntaxError} If a file is malformed.
 *
 * @example A vanilla checkpoint reads 1,024 tokens
 * ```ts
 * import { pipeline } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = "tests/golden/conversion/roberta_512";
 * const unmasker = await pipeline("fill-mask", folder, { lsg: { max_sequence_length: 1024 } });
 * const text = `${"a ".repeat(400)}${unmasker.tokenizer.mask_token}`;
 * assertEquals((await unmasker(text)).length, 5);
 * unmasker.dispose();
 * ```
 */
export async function pipeline<Task extends PipelineTask>(
  task: Task,
  checkpoint: string | CheckpointSource,
  options: PreTrainedOptions = {},
): Promise<Pipelines[Task]> {
  if (!Object.hasOwn(loaders, task)) {
    const known = Object.keys(loaders).map((name) => `"${name}"`).join(", ");
    throw new RangeError(`There is no pipeline for ${JSON.stringify(task)}: wanted ${known}`);
  }
  const source = await openCheckpoint(checkpoint, options);
  const { progress_callback, ...rest } = options;
  // The source tells of its files already.
  const loaded = await loaders[task](source, rest);
  progress_callback?.({ status: "ready", task, model: source.name });
  return loaded;
}
