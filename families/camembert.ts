import type { Family } from "./family.ts";
import { ROBERTA } from "./roberta.ts";

/** CamemBERT: RoBERTa, trained on French; its files have the prefix `roberta.` too. */
export const CAMEMBERT: Family = {
  ...ROBERTA,
  className: "Camembert",
  defaults: { ...ROBERTA.defaults, vocab_size: 30522 },
};
