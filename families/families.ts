import { ALBERT } from "./albert.ts";
import { BART } from "./bart.ts";
import { BERT } from "./bert.ts";
import { CAMEMBERT } from "./camembert.ts";
import { DISTILBERT } from "./distilbert.ts";
import { ELECTRA } from "./electra.ts";
import { EUROBERT } from "./eurobert.ts";
import type { Family } from "./family.ts";
import { GPT_NEOX } from "./gpt_neox.ts";
import { LED } from "./led.ts";
import { LLAMA } from "./llama.ts";
import { LONGFORMER } from "./longformer.ts";
import { MBART } from "./mbart.ts";
import { MISTRAL } from "./mistral.ts";
import { MODERNBERT } from "./modernbert.ts";
import { NOMIC_BERT } from "./nomic_bert.ts";
import type { ModelType } from "./model_config.ts";
import { PEGASUS } from "./pegasus.ts";
import { PHI } from "./phi.ts";
import { QWEN2 } from "./qwen2.ts";
import { QWEN3 } from "./qwen3.ts";
import { ROBERTA } from "./roberta.ts";
import { XLM_ROBERTA } from "./xlm_roberta.ts";

export type {
  AttentionNames,
  Decoder,
  DropoutSites,
  EmbeddingNames,
  Family,
  FeedForwardNames,
  LayerNames,
  PositionTable,
} from "./family.ts";
export type { Head, HeadDescription, HeadLayer } from "./head.ts";
export type {
  DecoderConfig,
  LocalLayers,
  ModelConfig,
  ModelType,
  Pooling,
} from "./model_config.ts";
export type { RopeFacts, RopeReader } from "./read_rope.ts";

/** The families, by `model_type`. */
export const FAMILIES: Readonly<Record<ModelType, Family>> = {
  albert: ALBERT,
  bart: BART,
  bert: BERT,
  camembert: CAMEMBERT,
  distilbert: DISTILBERT,
  electra: ELECTRA,
  eurobert: EUROBERT,
  gpt_neox: GPT_NEOX,
  led: LED,
  llama: LLAMA,
  longformer: LONGFORMER,
  mbart: MBART,
  mistral: MISTRAL,
  modernbert: MODERNBERT,
  nomic_bert: NOMIC_BERT,
  pegasus: PEGASUS,
  phi: PHI,
  qwen2: QWEN2,
  qwen3: QWEN3,
  roberta: ROBERTA,
  "xlm-roberta": XLM_ROBERTA,
};
