import { LLAMA } from "./llama.ts";
import type { Family } from "./family.ts";
import { QWEN2 } from "./qwen2.ts";

/** Qwen 3: Llama with norms of each head's query and key. */
export const QWEN3: Family = {
  ...QWEN2,
  className: "Qwen3",
  defaults: { ...QWEN2.defaults, head_dim: 128 },
  hasBias: LLAMA.hasBias,
  layer: (index) => {
    const { attention, feedForward } = LLAMA.layer(index);
    const name = `layers.${index}.self_attn`;
    return {
      attention: { ...attention, queryNorm: `${name}.q_norm`, keyNorm: `${name}.k_norm` },
      feedForward,
    };
  },
};
