import type { Family } from "./family.ts";
import { LLAMA } from "./llama.ts";

/** Qwen 1.5, 2 and 2.5: Llama with biases of queries, keys and values. */
export const QWEN2: Family = {
  ...LLAMA,
  className: "Qwen2",
  defaults: {
    ...LLAMA.defaults,
    vocab_size: 151936,
    num_key_value_heads: 32,
    intermediate_size: 22016,
    max_position_embeddings: 32768,
    bos_token_id: null,
    eos_token_id: null,
  },
  only: { use_sliding_window: false },
  hasBias: (name) => /\.[qkv]_proj$/.test(name),
  specialTokens: {},
};
