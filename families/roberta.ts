import { BERT, CLASSIFIER_DROPOUT } from "./bert.ts";
import type { Family } from "./family.ts";
import { type HeadDescription, languageModelHead } from "./head.ts";

const LANGUAGE_MODEL: HeadDescription = languageModelHead(
  { name: "lm_head.dense", outputs: "hidden_size", activation: "gelu", norm: "lm_head.layer_norm" },
  { decoder: "lm_head.decoder", bias: "lm_head.bias" },
);

/** RoBERTa: BERT with positions that start after the padding id, and with its own heads. */
export const ROBERTA: Family = {
  ...BERT,
  className: "Roberta",
  weightPrefix: "roberta.",
  defaults: { ...BERT.defaults, vocab_size: 50265, pad_token_id: 1, bos_token_id: 0 },
  positions: {
    table: "embeddings.position_embeddings.weight",
    ids: "from_padding",
    tableOffset: 2,
    configOffset: 2,
  },
  globalsTakeTokenType: false,
  specialTokens: { bos_token: "<s>", cls_token: "<s>", mask_token: "<mask>" },
  heads: {
    ...BERT.heads,
    MaskedLM: LANGUAGE_MODEL,
    CausalLM: LANGUAGE_MODEL,
    SequenceClassification: {
      rows: "first",
      layers: [
        {
          name: "classifier.dense",
          outputs: "hidden_size",
          activation: "tanh",
          dropout: CLASSIFIER_DROPOUT,
        },
        { name: "classifier.out_proj", outputs: "labels", dropout: CLASSIFIER_DROPOUT },
      ],
    },
    MultipleChoice: {
      rows: "first",
      layers: [
        BERT.pooler!,
        { name: "classifier", outputs: 1, dropout: ["hidden_dropout_prob"] },
      ],
    },
  },
  unused: ["embeddings.position_ids", "embeddings.token_type_ids"],
};
