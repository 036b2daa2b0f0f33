import type { Family } from "./family.ts";
import { ROBERTA } from "./roberta.ts";

/** XLM-RoBERTa: RoBERTa in a hundred languages; its files have the prefix `roberta.` too. */
export const XLM_ROBERTA: Family = {
  ...ROBERTA,
  className: "XLMRoberta",
  defaults: { ...ROBERTA.defaults, vocab_size: 30522 },
};
