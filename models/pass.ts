/**
 * What an encoder is asked for, and what it gives.
 *
 * @module
 */
import type { Floats } from "../ops/backend.ts";
import type { ModelInputs } from "./inputs.ts";

/** Options of a pass. */
export type PassOptions = Pick<
  ModelInputs,
  "output_hidden_states" | "layer_callback" | "signal" | "self_extend"
>;

/** Tokens whose rows are wanted: `[batch, rows]`, or `[1, rows]` in each sequence; −1: zeros. */
export type TokenRows = readonly (readonly number[])[];

/** Outputs of an encoder on its backend; the caller disposes of them. */
export interface Encoded {
  /** `[batch, rows, width]`: the last layer's output at the wanted tokens. */
  readonly lastHiddenState: Floats;
  /**
   * `[batch, tokens, width]` each: the output of the embedding and of each layer, empty unless
   * asked for. If all rows are wanted, the last one is `lastHiddenState`.
   */
  readonly hiddenStates: readonly Floats[];
}
