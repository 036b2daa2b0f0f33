import { BERT } from "./bert.ts";
import type { Family, LayerNames } from "./family.ts";
import type { HeadDescription, HeadLayer } from "./head.ts";
import { readGlobalRope, readLocalLayers } from "./read_local.ts";

const HEAD: HeadLayer = {
  name: "head.dense",
  outputs: "hidden_size",
  activation: "classifier_activation",
  norm: "head.norm",
};

/** The head's dense layer, then one of its own. */
function classifier(
  rows: HeadDescription["rows"],
  outputs: HeadLayer["outputs"],
): HeadDescription {
  return {
    rows,
    layers: [HEAD, { name: "classifier", outputs, dropout: ["classifier_dropout"] }],
  };
}

function layer(index: number): LayerNames {
  const name = `layers.${index}`;
  const [projections, inner] = [`${name}.attn.Wqkv`, `${name}.mlp.Wi`];
  return {
    attention: {
      query: projections,
      key: projections,
      value: projections,
      output: `${name}.attn.Wo`,
      // The embedding's norm comes right before the first layer.
      ...(index > 0 && { norm: `${name}.attn_norm` }),
    },
    feedForward: {
      gate: inner,
      up: inner,
      down: `${name}.mlp.Wo`,
      norm: `${name}.mlp_norm`,
    },
  };
}

/**
 * ModernBERT: with layer norms before parts, `x + Wo·attend(norm(x))`, then
 * `x + Wo·(act(a)·b)` of the halves `a`, `b` of `Wi·norm(x)`; the word embedding's norm stands in for
 * the first layer's, and one more follows the last. Of every `global_attn_every_n_layers` layers the
 * first attends to all tokens, the others to `⌊local_attention/2⌋` on both sides; either kind has its
 * own rotary base.
 */
export const MODERNBERT: Family = {
  className: "ModernBert",
  weightPrefix: "model.",
  defaults: {
    vocab_size: 50368,
    hidden_size: 768,
    num_hidden_layers: 22,
    num_attention_heads: 12,
    intermediate_size: 1152,
    hidden_act: "gelu",
    max_position_embeddings: 8192,
    global_rope_theta: 160000,
    local_rope_theta: 10000,
    partial_rotary_factor: 1,
    local_attention: 128,
    global_attn_every_n_layers: 3,
    layer_norm_eps: 1e-5,
    initializer_range: 0.02,
    pad_token_id: 50283,
    bos_token_id: 50281,
    eos_token_id: 50282,
    sep_token_id: 50282,
    attention_bias: false,
    mlp_bias: false,
    norm_bias: false,
    classifier_bias: false,
    decoder_bias: true,
    classifier_activation: "gelu",
    classifier_pooling: "cls",
    embedding_dropout: 0,
    attention_dropout: 0,
    mlp_dropout: 0,
    classifier_dropout: 0,
    tie_word_embeddings: true,
    is_decoder: false,
  },
  keys: { hidden_act: "hidden_activation", layer_norm_eps: "norm_eps" },
  // Files may have both names; transformers reads the other one.
  unread: ["hidden_act", "layer_norm_eps"],
  only: { is_decoder: false, rope_scaling: null },
  positions: "rotary",
  readRope: readGlobalRope,
  readLocal: readLocalLayers,
  norm: "pre",
  normKind: "layer",
  hasBias: (name, config) =>
    name === "classifier" ||
    (name === "decoder"
      ? config.decoder_bias
      : name === "head.dense"
      ? config.classifier_bias
      : name.endsWith("norm")
      ? config.norm_bias
      : name.includes(".attn.")
      ? config.attention_bias
      : config.mlp_bias),
  finalNorm: "final_norm",
  dropout: {
    embedding: "embedding_dropout",
    weights: "attention_dropout",
    attention: "attention_dropout",
    activation: "mlp_dropout",
  },
  converts: true,
  globalsTakeTokenType: false,
  specialTokens: BERT.specialTokens,
  embeddings: { word: "embeddings.tok_embeddings.weight", norm: "embeddings.norm" },
  layer,
  heads: {
    MaskedLM: {
      rows: "all",
      layers: [HEAD],
      words: { decoder: "decoder", bias: "decoder.bias" },
    },
    SequenceClassification: classifier("pooled", "labels"),
    TokenClassification: classifier("all", "labels"),
    QuestionAnswering: classifier("all", 2),
    MultipleChoice: classifier("pooled", 1),
  },
  unused: [],
  buffers: [".inv_freq"],
};
