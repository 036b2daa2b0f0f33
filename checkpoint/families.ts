import { ALBERT } from "./families/albert.ts";
import { BERT } from "./families/bert.ts";
import { CAMEMBERT } from "./families/camembert.ts";
import { DISTILBERT } from "./families/distilbert.ts";
import { ELECTRA } from "./families/electra.ts";
import type { Family, ModelType } from "./families/family.ts";
import { LONGFORMER } from "./families/longformer.ts";
import { ROBERTA } from "./families/roberta.ts";
import { XLM_ROBERTA } from "./families/xlm_roberta.ts";

export type { EmbeddingNames, Family, LayerNames, ModelType } from "./families/family.ts";
export type { Head, HeadDescription, HeadLayer } from "./families/head.ts";

/** The families by `model_type`. */
export const FAMILIES: Readonly<Record<ModelType, Family>> = {
  albert: ALBERT,
  bert: BERT,
  camembert: CAMEMBERT,
  distilbert: DISTILBERT,
  electra: ELECTRA,
  longformer: LONGFORMER,
  roberta: ROBERTA,
  "xlm-roberta": XLM_ROBERTA,
};
