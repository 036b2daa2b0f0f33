import { BERT } from "./bert.ts";
import type { AttentionNames, Decoder, Family, LayerNames } from "./family.ts";
import type { HeadDescription } from "./head.ts";

const CONDITIONAL_GENERATION: HeadDescription = {
  rows: "all",
  layers: [],
  words: { decoder: "lm_head", buffer: "final_logits_bias" },
};

const SEQUENCE_CLASSIFICATION: HeadDescription = {
  rows: "last_eos",
  layers: [
    {
      name: "classification_head.dense",
      outputs: "hidden_size",
      activation: "tanh",
      dropout: ["classifier_dropout"],
    },
    {
      name: "classification_head.out_proj",
      outputs: "labels",
      dropout: ["classifier_dropout"],
    },
  ],
};

function attention(name: string): AttentionNames {
  return {
    query: `${name}.q_proj`,
    key: `${name}.k_proj`,
    value: `${name}.v_proj`,
    output: `${name}.out_proj`,
    norm: `${name}_layer_norm`,
  };
}

/** Names in a layer of the encoder, or with cross-attention of the decoder. */
function layer(name: string, hasCrossAttention: boolean): LayerNames {
  return {
    attention: attention(`${name}.self_attn`),
    ...(hasCrossAttention && { crossAttention: attention(`${name}.encoder_attn`) }),
    feedForward: { up: `${name}.fc1`, down: `${name}.fc2`, norm: `${name}.final_layer_norm` },
  };
}

const WORDS = {
  word: "shared.weight",
  copies: ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"],
  global: "encoder.global_embeddings.weight",
};
const POSITIONS = { ids: "from_zero", tableOffset: 2, configOffset: 0 } as const;

const DROPOUT = {
  embedding: "dropout",
  weights: "attention_dropout",
  attention: "dropout",
  activation: "activation_dropout",
  feedForward: "dropout",
};

const DECODER: Decoder = {
  embeddings: { ...WORDS, norm: "decoder.layernorm_embedding" },
  positions: { ...POSITIONS, table: "decoder.embed_positions.weight" },
  layer: (index) => layer(`decoder.layers.${index}`, true),
  dropout: { ...DROPOUT, layer: "decoder_layerdrop" },
  keys: {
    num_hidden_layers: "decoder_layers",
    num_attention_heads: "decoder_attention_heads",
    intermediate_size: "decoder_ffn_dim",
    max_position_embeddings: "max_position_embeddings",
  },
  start: "decoder_start_token_id",
};

/** BART: an encoder and a decoder; the other encoder-decoders are described by their differences. */
export const BART: Family = {
  className: "Bart",
  weightPrefix: "model.",
  defaults: {
    vocab_size: 50265,
    hidden_size: 1024,
    num_hidden_layers: 12,
    num_attention_heads: 16,
    intermediate_size: 4096,
    decoder_layers: 12,
    decoder_attention_heads: 16,
    decoder_ffn_dim: 4096,
    hidden_act: "gelu",
    max_position_embeddings: 1024,
    layer_norm_eps: 1e-5,
    initializer_range: 0.02,
    scale_embedding: false,
    pad_token_id: 1,
    bos_token_id: 0,
    eos_token_id: 2,
    sep_token_id: null,
    decoder_start_token_id: 2,
    dropout: 0.1,
    attention_dropout: 0,
    activation_dropout: 0,
    classifier_dropout: 0,
    encoder_layerdrop: 0,
    decoder_layerdrop: 0,
    tie_word_embeddings: true,
    is_decoder: false,
  },
  keys: {
    hidden_size: "d_model",
    num_hidden_layers: "encoder_layers",
    num_attention_heads: "encoder_attention_heads",
    intermediate_size: "encoder_ffn_dim",
    hidden_act: "activation_function",
    initializer_range: "init_std",
  },
  // Files hold a `num_hidden_layers` that no model of transformers reads, and may hold the others.
  unread: ["num_hidden_layers", "intermediate_size", "hidden_act", "layer_norm_eps"],
  only: { is_decoder: false, is_encoder_decoder: true },
  positions: { ...POSITIONS, table: "encoder.embed_positions.weight" },
  norm: "post",
  normKind: "layer",
  hasBias: () => true,
  dropout: { ...DROPOUT, layer: "encoder_layerdrop" },
  converts: true,
  globalsTakeTokenType: false,
  specialTokens: { bos_token: "<s>", cls_token: "<s>", mask_token: "<mask>" },
  embeddings: { ...WORDS, norm: "encoder.layernorm_embedding" },
  layer: (index) => layer(`encoder.layers.${index}`, false),
  decoder: DECODER,
  heads: {
    ConditionalGeneration: CONDITIONAL_GENERATION,
    SequenceClassification: SEQUENCE_CLASSIFICATION,
    // It reads the decoder's rows, one for each token of the text.
    QuestionAnswering: BERT.heads.QuestionAnswering,
  },
  unused: [
    "final_logits_bias",
    "encoder.version",
    "decoder.version",
    "encoder.embed_positions._float_tensor",
    "decoder.embed_positions._float_tensor",
  ],
};
