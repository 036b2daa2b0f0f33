import type { Family } from "./family.ts";
import { LLAMA } from "./llama.ts";

/** EuroBERT: Llama as an encoder, whose tokens see those behind them too. */
export const EUROBERT: Family = {
  ...LLAMA,
  className: "EuroBert",
  defaults: {
    ...LLAMA.defaults,
    vocab_size: 128256,
    hidden_size: 768,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    intermediate_size: 3072,
    max_position_embeddings: 8192,
    layer_norm_eps: 1e-5,
    pad_token_id: 128001,
    bos_token_id: 128000,
    eos_token_id: 128001,
    classifier_pooling: "late",
    is_decoder: false,
  },
  // Files of the code before transformers 5 have the short key.
  keys: { ...LLAMA.keys, classifier_pooling: "clf_pooling" },
  unread: ["layer_norm_eps"],
  only: { is_decoder: false },
  hasBias: (name, config) =>
    name === "lm_head" ? config.mlp_bias : !name.includes(".") || LLAMA.hasBias(name, config),
  specialTokens: { bos_token: "<|begin_of_text|>", mask_token: "<|mask|>" },
  heads: {
    MaskedLM: { rows: "all", layers: [], words: { decoder: "lm_head", bias: "lm_head.bias" } },
    SequenceClassification: {
      rows: "pooled",
      layers: [
        { name: "dense", outputs: "hidden_size", activation: "gelu" },
        { name: "classifier", outputs: "labels" },
      ],
    },
    TokenClassification: { rows: "all", layers: [{ name: "classifier", outputs: "labels" }] },
  },
};
