/**
 * Loads the tokenizer and the model of a pipeline.
 *
 * @module
 */
import type { CheckpointSource } from "../checkpoint/source.ts";
import type { Head } from "../families/families.ts";
import { loadModel, type PreTrainedOptions } from "../models/load.ts";
import type { ModelParts } from "../models/load_parts.ts";
import type { PreTrainedModel } from "../models/pretrained_model.ts";
import { AutoTokenizer } from "../tokenizer/auto_tokenizer.ts";
import type { PreTrainedTokenizer } from "../tokenizer/pre_trained_tokenizer.ts";

/** The classes of a task. */
export interface TaskClasses<Model, Result> {
  /** The class of the model. */
  readonly Model: new (parts: ModelParts) => Model;
  /** Makes the pipeline. */
  readonly build: (tokenizer: PreTrainedTokenizer, model: Model) => Result;
}

/**
 * Loads a tokenizer and a model, and disposes of the model if they do not fit together.
 *
 * @param source The checkpoint.
 * @param head Which head the model has.
 * @param options Options of loading a model.
 * @param importClasses Imports the task's classes.
 * @returns The pipeline; the caller disposes of it.
 * @throws {RangeError | TypeError | SyntaxError} If a file is missing, malformed or does not fit.
 */
export async function loadTask<Model extends PreTrainedModel<unknown>, Result>(
  source: CheckpointSource,
  head: Head,
  options: PreTrainedOptions,
  importClasses: () => Promise<TaskClasses<Model, Result>>,
): Promise<Result> {
  const { Model, build } = await importClasses();
  const reading = AutoTokenizer.from_pretrained(source);
  const loading = loadModel(source, head, options, (parts) => new Model(parts), reading);
  loading.catch(() => {}); // thrown below, unless the tokenizer fails
  const tokenizer = await reading;
  const model = await loading;
  // A converted model reads more tokens than the tokenizer's files say.
  if (options.lsg) tokenizer.model_max_length = model.maxLength;
  try {
    return build(tokenizer, model);
  } catch (error) {
    model.dispose();
    throw error;
  }
}
