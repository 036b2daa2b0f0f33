import type { Family, LayerNames } from "./family.ts";
import { readWholeRope } from "./read_rope.ts";

function layer(index: number): LayerNames {
  const name = `layers.${index}`;
  return {
    attention: {
      query: `${name}.self_attn.q_proj`,
      key: `${name}.self_attn.k_proj`,
      value: `${name}.self_attn.v_proj`,
      output: `${name}.self_attn.o_proj`,
      norm: `${name}.input_layernorm`,
    },
    feedForward: {
      gate: `${name}.mlp.gate_proj`,
      up: `${name}.mlp.up_proj`,
      down: `${name}.mlp.down_proj`,
      norm: `${name}.post_attention_layernorm`,
    },
  };
}

/**
 * Llama, which SmolLM, TinyLlama and Yi are too: a causal decoder with rotary positions; the other
 * decoders are described by how they differ from it.
 */
export const LLAMA: Family = {
  className: "Llama",
  weightPrefix: "model.",
  defaults: {
    vocab_size: 32000,
    hidden_size: 4096,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    num_key_value_heads: null,
    head_dim: null,
    intermediate_size: 11008,
    hidden_act: "silu",
    max_position_embeddings: 2048,
    rope_theta: 10000,
    partial_rotary_factor: 1,
    layer_norm_eps: 1e-6,
    initializer_range: 0.02,
    pad_token_id: null,
    bos_token_id: 1,
    eos_token_id: 2,
    sep_token_id: null,
    attention_bias: false,
    mlp_bias: false,
    attention_dropout: 0,
    tie_word_embeddings: false,
    is_decoder: true,
  },
  keys: { layer_norm_eps: "rms_norm_eps" },
  // Files say `false`, or nothing: the attention is causal in any case. Norms have `rms_norm_eps`.
  unread: ["is_decoder", "layer_norm_eps"],
  only: {},
  positions: "rotary",
  readRope: readWholeRope,
  norm: "pre",
  normKind: "rms",
  hasBias: (name, { attention_bias, mlp_bias }) =>
    name.includes(".mlp.") ? mlp_bias : name.includes(".self_attn.") && attention_bias,
  finalNorm: "norm",
  dropout: { weights: "attention_dropout" },
  converts: false,
  globalsTakeTokenType: false,
  specialTokens: { bos_token: "<s>" },
  embeddings: { word: "embed_tokens.weight" },
  layer,
  heads: { CausalLM: { rows: "all", layers: [], words: { decoder: "lm_head" } } },
  unused: [],
  buffers: [".rotary_emb.inv_freq"],
};
