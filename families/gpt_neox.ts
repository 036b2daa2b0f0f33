import type { Family, LayerNames } from "./family.ts";
import { LLAMA } from "./llama.ts";
import { readRope } from "./read_rope.ts";

function layer(index: number): LayerNames {
  const name = `layers.${index}`;
  const fused = `${name}.attention.query_key_value`;
  return {
    attention: {
      query: fused,
      key: fused,
      value: fused,
      byHead: true,
      output: `${name}.attention.dense`,
      norm: `${name}.input_layernorm`,
    },
    feedForward: {
      up: `${name}.mlp.dense_h_to_4h`,
      down: `${name}.mlp.dense_4h_to_h`,
      norm: `${name}.post_attention_layernorm`,
    },
  };
}

/** GPT-NeoX, which Pythia is too. */
export const GPT_NEOX: Family = {
  ...LLAMA,
  className: "GPTNeoX",
  weightPrefix: "gpt_neox.",
  defaults: {
    vocab_size: 50432,
    hidden_size: 6144,
    num_hidden_layers: 44,
    num_attention_heads: 64,
    intermediate_size: 24576,
    hidden_act: "gelu",
    max_position_embeddings: 2048,
    rope_theta: 10000,
    partial_rotary_factor: 0.25,
    layer_norm_eps: 1e-5,
    initializer_range: 0.02,
    pad_token_id: null,
    bos_token_id: 0,
    eos_token_id: 2,
    sep_token_id: null,
    attention_bias: true,
    use_parallel_residual: true,
    hidden_dropout: 0,
    attention_dropout: 0,
    tie_word_embeddings: false,
    is_decoder: true,
  },
  keys: { rope_theta: "rotary_emb_base", partial_rotary_factor: "rotary_pct" },
  unread: ["is_decoder"],
  readRope,
  residual: "config",
  normKind: "layer",
  hasBias: (name, { attention_bias }) =>
    name !== "embed_out" && (attention_bias || !name.includes(".attention.")),
  finalNorm: "final_layer_norm",
  dropout: {
    embedding: "hidden_dropout",
    weights: "attention_dropout",
    attention: "hidden_dropout",
    feedForward: "hidden_dropout",
  },
  specialTokens: {},
  embeddings: { word: "embed_in.weight" },
  layer,
  heads: { CausalLM: { rows: "all", layers: [], words: { decoder: "embed_out" } } },
  buffers: [".rotary_emb.inv_freq", ".attention.bias", ".attention.masked_bias"],
};
