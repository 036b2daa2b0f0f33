/**
 * Models that embed texts, and their options.
 *
 * @module
 */
import {
  type FeatureExtractionOptions,
  type FeatureExtractionPipeline,
  POOLINGS,
} from "../pipelines/mod.ts";
import { chooseOne } from "./choice.ts";

/** Options of how texts are embedded. */
export const EMBEDDER_OPTIONS = {
  pooling: {
    type: "string",
    placeholder: "KIND",
    description:
      "How token vectors are pooled: mean, cls (the first token's), max, mean_sqrt_len_tokens, " +
      "weightedmean, lasttoken or none. If absent, as the files of a sentence-transformers model " +
      "say, else mean.",
  },
  normalize: {
    type: "boolean",
    description:
      "Scale each vector to length 1 (if absent, as a sentence-transformers model says).",
  },
  prompt: {
    type: "string",
    placeholder: "TEXT",
    mayBeEmpty: true,
    description: "Put this in front of each text, such as 'passage: '; '': nothing.",
  },
  prompt_name: {
    type: "string",
    placeholder: "NAME",
    description:
      "The prompt of this name of a sentence-transformers model (if absent, its default).",
  },
} as const;

/** Values of these options. */
export interface EmbedderValues {
  /** Name of a pooling. */
  readonly pooling?: string;
  /** Whether vectors are scaled to length 1. */
  readonly normalize?: boolean;
  /** Text in front of each text. */
  readonly prompt?: string;
  /** Name of a prompt of the checkpoint. */
  readonly prompt_name?: string;
}

/**
 * Converts option values to options of the pipeline.
 *
 * @param values Option values.
 * @param defaults What the checkpoint says.
 * @returns The options; vectors are pooled, if nothing else is said.
 * @throws {UsageError} If there is no such pooling.
 */
export function embedderOptions(
  { pooling, normalize, prompt, prompt_name }: EmbedderValues,
  defaults: FeatureExtractionPipeline["defaults"],
): FeatureExtractionOptions {
  const chosen = pooling === undefined ? undefined : chooseOne("pooling", pooling, POOLINGS);
  // A sentence-transformers model says itself how it pools.
  return {
    pooling: chosen ?? (defaults.pooling === "none" ? "mean" : undefined),
    normalize,
    prompt,
    prompt_name,
  };
}

/**
 * Finds the text in front of each text.
 *
 * @param values Option values.
 * @param defaults What the checkpoint says.
 * @returns The prompt; "" if there is none. The pipeline refuses a name that is unknown.
 */
export function promptOf(
  { prompt, prompt_name }: EmbedderValues,
  { prompts = {}, default_prompt_name }: FeatureExtractionPipeline["defaults"],
): string {
  const name = prompt_name ?? default_prompt_name;
  return prompt ?? (name !== undefined && Object.hasOwn(prompts, name) ? prompts[name] : "");
}
