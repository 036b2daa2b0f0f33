import type { Family } from "./family.ts";
import { LLAMA } from "./llama.ts";

/** Mistral: Llama with a sliding window. */
export const MISTRAL: Family = {
  ...LLAMA,
  className: "Mistral",
  defaults: {
    ...LLAMA.defaults,
    num_key_value_heads: 8,
    intermediate_size: 14336,
    max_position_embeddings: 4096 * 32,
    sliding_window: 4096,
  },
  hasBias: () => false,
};
