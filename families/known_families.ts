/**
 * The families of the models at hand: most programs load one, so the others are imported when they
 * are first met.
 *
 * @module
 */
import { BERT } from "./bert.ts";
import { CAMEMBERT } from "./camembert.ts";
import type { Family } from "./family.ts";
import type { ModelType } from "./model_config.ts";
import { ROBERTA } from "./roberta.ts";
import { XLM_ROBERTA } from "./xlm_roberta.ts";

/** What imports a family, by `model_type`; the nearest relatives are always there. */
const IMPORTS: Readonly<Record<ModelType, () => Family | Promise<Family>>> = {
  albert: async () => (await import("./albert.ts")).ALBERT,
  bart: async () => (await import("./bart.ts")).BART,
  bert: () => BERT,
  camembert: () => CAMEMBERT,
  distilbert: async () => (await import("./distilbert.ts")).DISTILBERT,
  electra: async () => (await import("./electra.ts")).ELECTRA,
  eurobert: async () => (await import("./eurobert.ts")).EUROBERT,
  gpt_neox: async () => (await import("./gpt_neox.ts")).GPT_NEOX,
  led: async () => (await import("./led.ts")).LED,
  llama: async () => (await import("./llama.ts")).LLAMA,
  longformer: async () => (await import("./longformer.ts")).LONGFORMER,
  mbart: async () => (await import("./mbart.ts")).MBART,
  mistral: async () => (await import("./mistral.ts")).MISTRAL,
  modernbert: async () => (await import("./modernbert.ts")).MODERNBERT,
  nomic_bert: async () => (await import("./nomic_bert.ts")).NOMIC_BERT,
  pegasus: async () => (await import("./pegasus.ts")).PEGASUS,
  phi: async () => (await import("./phi.ts")).PHI,
  qwen2: async () => (await import("./qwen2.ts")).QWEN2,
  qwen3: async () => (await import("./qwen3.ts")).QWEN3,
  roberta: () => ROBERTA,
  "xlm-roberta": () => XLM_ROBERTA,
};

/** The values of `model_type` that there are. */
export const MODEL_TYPES: readonly ModelType[] = Object.keys(IMPORTS) as ModelType[];

const known: { [Type in ModelType]?: Family } = {};

/**
 * Imports a family, unless it is known.
 *
 * @param modelType Its `model_type`.
 */
export async function importFamily(modelType: ModelType): Promise<void> {
  known[modelType] ??= await IMPORTS[modelType]();
}

/**
 * Makes a family known that was imported otherwise.
 *
 * @param modelType Its `model_type`.
 * @param family The family.
 */
export function addFamily(modelType: ModelType, family: Family): void {
  known[modelType] = family;
}

/**
 * The family of a model.
 *
 * @param config The model's config; whatever made it has imported the family.
 * @returns The family.
 */
export function familyOf({ model_type }: { readonly model_type: ModelType }): Family {
  return known[model_type]!;
}
