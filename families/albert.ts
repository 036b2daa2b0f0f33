import { BERT } from "./bert.ts";
import type { Family, LayerNames } from "./family.ts";
import { type HeadLayer, languageModelHead } from "./head.ts";

const POOLER: HeadLayer = {
  name: "pooler",
  outputs: "hidden_size",
  activation: "tanh",
  inModel: true,
};

const NAME = "encoder.albert_layer_groups.0.albert_layers.0";

/** Names in each layer: all layers share their weights. */
const LAYER: LayerNames = {
  attention: {
    query: `${NAME}.attention.query`,
    key: `${NAME}.attention.key`,
    value: `${NAME}.attention.value`,
    output: `${NAME}.attention.dense`,
    norm: `${NAME}.attention.LayerNorm`,
  },
  feedForward: {
    up: `${NAME}.ffn`,
    down: `${NAME}.ffn_output`,
    norm: `${NAME}.full_layer_layer_norm`,
  },
};

/** ALBERT: an embedding of a width of its own, and one layer that is run repeatedly. */
export const ALBERT: Family = {
  ...BERT,
  className: "Albert",
  weightPrefix: "albert.",
  defaults: {
    ...BERT.defaults,
    vocab_size: 30000,
    embedding_size: 128,
    hidden_size: 4096,
    num_attention_heads: 64,
    intermediate_size: 16384,
    hidden_act: "gelu_new",
    hidden_dropout_prob: 0,
    attention_probs_dropout_prob: 0,
    classifier_dropout_prob: 0.1,
    bos_token_id: 2,
  },
  only: { ...BERT.only, num_hidden_groups: 1, inner_group_num: 1, is_decoder: false },
  specialTokens: { bos_token: "[CLS]", cls_token: "[CLS]", mask_token: "[MASK]" },
  dropout: {
    embedding: "hidden_dropout_prob",
    weights: "attention_probs_dropout_prob",
    attention: "hidden_dropout_prob",
  },
  projection: () => "encoder.embedding_hidden_mapping_in",
  layer: () => LAYER,
  pooler: POOLER,
  heads: {
    MaskedLM: languageModelHead(
      {
        name: "predictions.dense",
        outputs: "embedding_size",
        activation: "hidden_act",
        norm: "predictions.LayerNorm",
      },
      { decoder: "predictions.decoder", bias: "predictions.bias" },
    ),
    SequenceClassification: {
      rows: "first",
      layers: [
        POOLER,
        { name: "classifier", outputs: "labels", dropout: ["classifier_dropout_prob"] },
      ],
    },
    TokenClassification: {
      rows: "all",
      layers: [
        {
          name: "classifier",
          outputs: "labels",
          dropout: ["classifier_dropout_prob", "hidden_dropout_prob"],
        },
      ],
    },
    QuestionAnswering: BERT.heads.QuestionAnswering,
    MultipleChoice: {
      rows: "first",
      layers: [
        POOLER,
        { name: "classifier", outputs: 1, dropout: ["classifier_dropout_prob"] },
      ],
    },
  },
  unused: ["embeddings.position_ids", "embeddings.token_type_ids", "sop_classifier."],
};
