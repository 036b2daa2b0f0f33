import { BERT } from "./bert.ts";
import type { Family, LayerNames } from "./family.ts";
import { languageModelHead } from "./head.ts";
import { readWholeRope } from "./read_rope.ts";

function layer(index: number): LayerNames {
  const name = `encoder.layers.${index}`;
  const projections = `${name}.attn.Wqkv`;
  return {
    attention: {
      query: projections,
      key: projections,
      value: projections,
      output: `${name}.attn.out_proj`,
      norm: `${name}.norm1`,
    },
    feedForward: {
      gate: `${name}.mlp.fc12`,
      up: `${name}.mlp.fc11`,
      down: `${name}.mlp.fc2`,
      norm: `${name}.norm2`,
    },
  };
}

const { SequenceClassification, TokenClassification } = BERT.heads;

/**
 * NomicBERT: BERT with rotary positions and gates, and no biases in its layers. Configs are those of
 * transformers 5 or of the model's own code, whose keys are GPT-2's.
 */
export const NOMIC_BERT: Family = {
  ...BERT,
  className: "NomicBert",
  weightPrefix: "nomic_bert.",
  defaults: {
    ...BERT.defaults,
    vocab_size: 30528,
    hidden_act: "silu",
    max_position_embeddings: 2048,
    rope_theta: 1000,
    partial_rotary_factor: 1,
    hidden_dropout_prob: 0,
    attention_probs_dropout_prob: 0,
  },
  keys: {
    hidden_size: "n_embd",
    num_hidden_layers: "n_layer",
    num_attention_heads: "n_head",
    intermediate_size: "n_inner",
    max_position_embeddings: "n_positions",
    layer_norm_eps: "layer_norm_epsilon",
    rope_theta: "rotary_emb_base",
    partial_rotary_factor: "rotary_emb_fraction",
  },
  only: {
    is_decoder: false,
    activation_function: "swiglu",
    causal: false,
    mlp_fc1_bias: false,
    mlp_fc2_bias: false,
    parallel_block: false,
    prenorm: false,
    qkv_proj_bias: false,
    rotary_emb_interleaved: false,
    rotary_emb_scale_base: null,
    rotary_scaling_factor: null,
    use_rms_norm: false,
  },
  positions: "rotary",
  readRope: readWholeRope,
  hasBias: (name) => !/\.(attn|mlp)\./.test(name),
  converts: false,
  embeddings: {
    word: "embeddings.word_embeddings.weight",
    tokenType: "embeddings.token_type_embeddings.weight",
    norm: "emb_ln",
  },
  layer,
  heads: {
    MaskedLM: languageModelHead(
      {
        name: "cls.predictions.transform.dense",
        outputs: "hidden_size",
        activation: "hidden_act",
        norm: "cls.predictions.transform.layer_norm",
      },
      { decoder: "cls.predictions.decoder", bias: "cls.predictions.bias" },
    ),
    SequenceClassification,
    TokenClassification,
  },
  buffers: [".inv_freq"],
};
