import type { Family, LayerNames } from "./family.ts";
import { type HeadDescription, type HeadLayer, languageModelHead } from "./head.ts";

const POOLER: HeadLayer = {
  name: "pooler.dense",
  outputs: "hidden_size",
  activation: "tanh",
  inModel: true,
};

/** The rate before classifiers. */
export const CLASSIFIER_DROPOUT: readonly string[] = ["classifier_dropout", "hidden_dropout_prob"];

const LANGUAGE_MODEL: HeadDescription = languageModelHead(
  {
    name: "cls.predictions.transform.dense",
    outputs: "hidden_size",
    activation: "hidden_act",
    norm: "cls.predictions.transform.LayerNorm",
  },
  { decoder: "cls.predictions.decoder", bias: "cls.predictions.bias" },
);

function layer(index: number): LayerNames {
  const name = `encoder.layer.${index}`;
  return {
    attention: {
      query: `${name}.attention.self.query`,
      key: `${name}.attention.self.key`,
      value: `${name}.attention.self.value`,
      output: `${name}.attention.output.dense`,
      norm: `${name}.attention.output.LayerNorm`,
    },
    feedForward: {
      up: `${name}.intermediate.dense`,
      down: `${name}.output.dense`,
      norm: `${name}.output.LayerNorm`,
    },
  };
}

/** BERT; the other families are described by how they differ from it. */
export const BERT: Family = {
  className: "Bert",
  weightPrefix: "bert.",
  defaults: {
    vocab_size: 30522,
    hidden_size: 768,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    intermediate_size: 3072,
    hidden_act: "gelu",
    max_position_embeddings: 512,
    type_vocab_size: 2,
    layer_norm_eps: 1e-12,
    initializer_range: 0.02,
    pad_token_id: 0,
    bos_token_id: null,
    sep_token_id: null,
    hidden_dropout_prob: 0.1,
    attention_probs_dropout_prob: 0.1,
    classifier_dropout: null,
    tie_word_embeddings: true,
    is_decoder: false,
  },
  only: { position_embedding_type: "absolute" },
  positions: {
    table: "embeddings.position_embeddings.weight",
    ids: "from_zero",
    tableOffset: 0,
    configOffset: 0,
  },
  norm: "post",
  normKind: "layer",
  hasBias: () => true,
  dropout: {
    embedding: "hidden_dropout_prob",
    weights: "attention_probs_dropout_prob",
    attention: "hidden_dropout_prob",
    feedForward: "hidden_dropout_prob",
  },
  converts: true,
  globalsTakeTokenType: true,
  specialTokens: { cls_token: "[CLS]", mask_token: "[MASK]" },
  embeddings: {
    word: "embeddings.word_embeddings.weight",
    tokenType: "embeddings.token_type_embeddings.weight",
    global: "embeddings.global_embeddings.weight",
    norm: "embeddings.LayerNorm",
  },
  layer,
  pooler: POOLER,
  heads: {
    MaskedLM: LANGUAGE_MODEL,
    CausalLM: { ...LANGUAGE_MODEL, suffix: "LMHeadModel" },
    SequenceClassification: {
      rows: "first",
      layers: [POOLER, { name: "classifier", outputs: "labels", dropout: CLASSIFIER_DROPOUT }],
    },
    TokenClassification: {
      rows: "all",
      layers: [{ name: "classifier", outputs: "labels", dropout: CLASSIFIER_DROPOUT }],
    },
    QuestionAnswering: { rows: "all", layers: [{ name: "qa_outputs", outputs: 2 }] },
    MultipleChoice: {
      rows: "first",
      layers: [POOLER, { name: "classifier", outputs: 1, dropout: CLASSIFIER_DROPOUT }],
    },
  },
  unused: ["embeddings.position_ids", "embeddings.token_type_ids", "cls.seq_relationship."],
};
