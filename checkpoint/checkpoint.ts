import type { ModelConfig } from "../families/model_config.ts";
import type { SpecialTokenIds } from "./special_tokens.ts";
import type { Weights } from "./weights.ts";

/** A checkpoint: its config, weights and special tokens. */
export interface Checkpoint {
  /** The config. */
  config: ModelConfig;
  /** The weights under their names in the files. */
  weights: Weights;
  /** Ids of the special tokens. */
  specialTokens: SpecialTokenIds;
}
