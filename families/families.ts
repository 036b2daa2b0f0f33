import { ALBERT } from "./albert.ts";
import { BERT } from "./bert.ts";
import { CAMEMBERT } from "./camembert.ts";
import { DISTILBERT } from "./distilbert.ts";
import { ELECTRA } from "./electra.ts";
import type { Family } from "./family.ts";
import { LONGFORMER } from "./longformer.ts";
import type { ModelType } from "./model_config.ts";
import { ROBERTA } from "./roberta.ts";
import { XLM_ROBERTA } from "./xlm_roberta.ts";

export type {
  AttentionNames,
  EmbeddingNames,
  Family,
  FeedForwardNames,
  LayerNames,
  PositionTable,
} from "./family.ts";
export type { Head, HeadDescription, HeadLayer } from "./head.ts";
export type { ModelConfig, ModelType } from "./model_config.ts";

/** The families, by `model_type`. */
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
