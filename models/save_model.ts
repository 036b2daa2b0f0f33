/**
 * From a model to a checkpoint.
 *
 * @module
 */
import { architectureOf } from "../checkpoint/architecture.ts";
import { parseKnownConfig } from "../checkpoint/config.ts";
import { describeHead } from "../checkpoint/describe_head.ts";
import { MemorySource } from "../checkpoint/memory_source.ts";
import { checkpointFolder } from "../checkpoint/save_checkpoint.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import type { Weights } from "../checkpoint/weights.ts";
import type { WrittenFolder } from "../checkpoint/written_folder.ts";
import type { Head, ModelConfig } from "../families/families.ts";
import type { Floats } from "../ops/backend.ts";
import { type NamedModel, savedParameters, untiedCopies } from "./named_parameters.ts";
import { checkFinite } from "./parameters.ts";

/** What a checkpoint is made of. */
export interface SavedModel extends NamedModel {
  /** The files that the model was loaded from: those of its tokenizer are copied. */
  readonly source?: CheckpointSource;
}

/**
 * Makes the files of a model, see `PreTrainedModel.save_pretrained`.
 *
 * @param model Config, weights, source.
 * @param head The model's head.
 * @returns The files.
 */
export async function modelFolder(model: SavedModel, head: Head): Promise<WrittenFolder> {
  const weights = new DeviceWeights([
    ...savedParameters(model, head),
    ...untiedCopies(model, head),
  ]);
  const config = savedConfig(model.config, head);
  const source = model.source ?? new MemorySource({});
  const copied = head === "Model" ? "tokenizer and modules" : "tokenizer";
  return await checkpointFolder({ config, weights, specialTokens: {} }, source, copied);
}

/** The config with the keys that transformers reads: class, labels, all parameters of LSG. */
function savedConfig(config: ModelConfig, head: Head): ModelConfig {
  // auto_map refers to Python files of the original checkpoint; id2label says how many there are.
  const { auto_map: _, num_labels, ...raw } = config.raw;
  const hasLabels = head !== "Model" &&
    describeHead(config, head).layers.some(({ outputs }) => outputs === "labels");
  const { pass_global_tokens_to_decoder, ...lsg } = config.lsg ?? {};
  return parseKnownConfig({
    ...raw,
    ...(config.lsg && {
      ...lsg,
      ...(config.decoder && { pass_global_tokens_to_decoder }),
      base_model_prefix: "lsg",
    }),
    ...(hasLabels
      ? {
        id2label: Object.fromEntries(config.id2label.map((label, id) => [id, label])),
        label2id: Object.fromEntries(config.id2label.map((label, id) => [label, id])),
      }
      : num_labels !== undefined && { num_labels }),
    architectures: [architectureOf(config, head)],
  });
}

/** Weights on a backend, read one at a time and as they are then. */
class DeviceWeights implements Weights {
  readonly #tensors: ReadonlyMap<string, Floats>;

  constructor(tensors: readonly { readonly name: string; readonly tensor: Floats }[]) {
    this.#tensors = new Map(tensors.map(({ name, tensor }) => [name, tensor]));
  }

  names(): string[] {
    return [...this.#tensors.keys()];
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  dims(name: string): readonly number[] {
    return this.#tensors.get(name)!.dims;
  }

  async load(name: string): Promise<Float32Array> {
    const tensor = this.#tensors.get(name)!;
    // A tensor keeps what it has read; this one is forgotten with its values.
    const values = await tensor.reshape(tensor.dims).getData();
    checkFinite("save", name, values);
    return values;
  }
}
