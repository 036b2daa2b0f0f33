import { BERT, CLASSIFIER_DROPOUT } from "./bert.ts";
import type { Family } from "./family.ts";
import { type HeadDescription, languageModelHead } from "./head.ts";

const GENERATOR: HeadDescription = languageModelHead(
  {
    name: "generator_predictions.dense",
    outputs: "embedding_size",
    activation: "gelu",
    norm: "generator_predictions.LayerNorm",
  },
  { decoder: "generator_lm_head", bias: "generator_lm_head.bias" },
);

/** ELECTRA: an embedding of a width of its own, no pooler, and a discriminator. */
export const ELECTRA: Family = {
  ...BERT,
  className: "Electra",
  weightPrefix: "electra.",
  defaults: {
    ...BERT.defaults,
    embedding_size: 128,
    hidden_size: 256,
    num_attention_heads: 4,
    intermediate_size: 1024,
    summary_first_dropout: 0,
    summary_last_dropout: 0.1,
  },
  projection: ({ embedding_size, hidden_size }) =>
    embedding_size === hidden_size ? undefined : "embeddings_project",
  pooler: undefined,
  heads: {
    MaskedLM: GENERATOR,
    CausalLM: GENERATOR,
    SequenceClassification: {
      rows: "first",
      layers: [
        {
          name: "classifier.dense",
          outputs: "hidden_size",
          activation: "gelu",
          dropout: CLASSIFIER_DROPOUT,
        },
        { name: "classifier.out_proj", outputs: "labels", dropout: CLASSIFIER_DROPOUT },
      ],
    },
    TokenClassification: BERT.heads.TokenClassification,
    QuestionAnswering: BERT.heads.QuestionAnswering,
    MultipleChoice: {
      rows: "first",
      layers: [
        {
          name: "sequence_summary.summary",
          outputs: "hidden_size",
          activation: "gelu",
          dropout: ["summary_first_dropout"],
        },
        { name: "classifier", outputs: 1, dropout: ["summary_last_dropout"] },
      ],
      only: { summary_type: "first", summary_use_proj: true, summary_activation: "gelu" },
    },
    PreTraining: {
      rows: "all",
      layers: [
        {
          name: "discriminator_predictions.dense",
          outputs: "hidden_size",
          activation: "hidden_act",
        },
        { name: "discriminator_predictions.dense_prediction", outputs: 1 },
      ],
    },
  },
  unused: ["embeddings.position_ids", "embeddings.token_type_ids"],
};
