import type { Family } from "./family.ts";
import type { HeadDescription } from "./head.ts";
import { ROBERTA } from "./roberta.ts";

/** The head with the rate of the hidden states: Longformers have no other. */
function withDropout(head: HeadDescription): HeadDescription {
  const dropout = ["hidden_dropout_prob"];
  return { ...head, layers: head.layers.map((layer) => ({ ...layer, dropout })) };
}

/** Longformer: RoBERTa with a sliding window, and separate projections for global tokens. */
export const LONGFORMER: Family = {
  ...ROBERTA,
  className: "Longformer",
  weightPrefix: "longformer.",
  defaults: {
    ...ROBERTA.defaults,
    vocab_size: 30522,
    sep_token_id: 2,
    attention_window: 512,
  },
  only: { ...ROBERTA.only, is_decoder: false },
  converts: false,
  layer: (index) => {
    const { attention, feedForward } = ROBERTA.layer(index);
    const { query, key, value } = attention;
    const global = { query: `${query}_global`, key: `${key}_global`, value: `${value}_global` };
    return { attention: { ...attention, global }, feedForward };
  },
  heads: {
    MaskedLM: ROBERTA.heads.MaskedLM,
    SequenceClassification: withDropout(ROBERTA.heads.SequenceClassification!),
    TokenClassification: withDropout(ROBERTA.heads.TokenClassification!),
    QuestionAnswering: ROBERTA.heads.QuestionAnswering,
    MultipleChoice: ROBERTA.heads.MultipleChoice,
  },
};
