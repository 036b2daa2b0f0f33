/**
 * Adapters: small matrices beside linear layers, whose weights stay as they are.
 *
 * @module
 */
import type { CheckpointSource } from "../checkpoint/source.ts";
import type { WrittenFolder } from "../checkpoint/written_folder.ts";
import type { Floats } from "../ops/backend.ts";
import type { ParameterPart } from "./parameter_part.ts";

/**
 * What is added to the output of a linear layer: `scale·up·down·dropout(x)` (Hu et al., 2021, LoRA).
 */
export interface LinearAdapter {
  /** `A`, `[rank, inputs]`. */
  readonly down: Floats;
  /** `[rank, rank]`: the scale on the diagonal; absent: 1. */
  readonly scale?: Floats;
  /** `B`, `[outputs, rank]`. */
  readonly up: Floats;
  /** The share of x that is dropped in training. */
  readonly dropout: number;
}

/** What is trained in place of a model's weights, and saved in place of them. */
export interface ModelAdapter {
  /**
   * Lists the parameters that are trained.
   *
   * @param part All, or those of the global embeddings or of the head.
   * @returns The tensors with the names that they have in transformers.
   */
  named_parameters(part: ParameterPart): [name: string, tensor: Floats][];
  /** Makes the adapter's files. */
  folder(): WrittenFolder;
  /**
   * Replaces the adapter's values by those of a folder that was written of {@linkcode folder}.
   *
   * @param source The folder's files.
   */
  load_weights(source: CheckpointSource): Promise<void>;
  /** Releases the memory of the adapter. */
  dispose(): void;
}
