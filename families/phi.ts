import type { Family, LayerNames } from "./family.ts";
import { LLAMA } from "./llama.ts";
import { readRope } from "./read_rope.ts";

function layer(index: number): LayerNames {
  const name = `layers.${index}`;
  const norm = `${name}.input_layernorm`;
  return {
    attention: {
      ...LLAMA.layer(index).attention,
      output: `${name}.self_attn.dense`,
      norm,
    },
    feedForward: { up: `${name}.mlp.fc1`, down: `${name}.mlp.fc2`, norm },
  };
}

/** Phi 1, 1.5 and 2: one norm a layer, biases everywhere. */
export const PHI: Family = {
  ...LLAMA,
  className: "Phi",
  defaults: {
    vocab_size: 51200,
    hidden_size: 2048,
    num_hidden_layers: 24,
    num_attention_heads: 32,
    num_key_value_heads: null,
    intermediate_size: 8192,
    hidden_act: "gelu_new",
    max_position_embeddings: 2048,
    rope_theta: 10000,
    partial_rotary_factor: 0.5,
    layer_norm_eps: 1e-5,
    initializer_range: 0.02,
    pad_token_id: null,
    bos_token_id: 1,
    eos_token_id: 2,
    sep_token_id: null,
    embd_pdrop: 0,
    resid_pdrop: 0,
    attention_dropout: 0,
    tie_word_embeddings: false,
    is_decoder: true,
  },
  keys: {},
  unread: ["is_decoder"],
  readRope,
  only: { qk_layernorm: false },
  residual: "parallel",
  normKind: "layer",
  hasBias: () => true,
  finalNorm: "final_layernorm",
  dropout: {
    embedding: "embd_pdrop",
    weights: "attention_dropout",
    attention: "resid_pdrop",
    feedForward: "resid_pdrop",
  },
  specialTokens: {},
  embeddings: { word: "embed_tokens.weight" },
  layer,
  heads: {
    CausalLM: { rows: "all", layers: [], words: { decoder: "lm_head", bias: "lm_head.bias" } },
  },
};
