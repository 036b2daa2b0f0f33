/**
 * Loads what embeds texts.
 *
 * @module
 */
import type { CheckpointSource } from "../checkpoint/source.ts";
import { EncoderModel } from "../models/encoder_model.ts";
import type { PreTrainedOptions } from "../models/load.ts";
import type { PreTrainedTokenizer } from "../tokenizer/pre_trained_tokenizer.ts";
import { FeatureExtractionPipeline } from "./feature_extraction.ts";
import { loadTask } from "./load_task.ts";

/**
 * Loads a tokenizer and an encoder, and what a sentence-transformers checkpoint says about them.
 *
 * @param source The checkpoint.
 * @param options Options of loading a model.
 * @returns The pipeline; the caller disposes of it.
 * @throws {RangeError | TypeError | SyntaxError} If a file is missing, malformed or does not fit.
 */
export async function loadFeatureExtraction(
  source: CheckpointSource,
  options: PreTrainedOptions,
): Promise<FeatureExtractionPipeline> {
  const sentences = await source.open("modules.json") &&
    await (await import("./sentence_pooling.ts")).readSentenceTransformer(source);
  const build = (tokenizer: PreTrainedTokenizer, model: EncoderModel) => {
    const { max_seq_length } = sentences?.settings ?? {};
    // A model that is converted now is to read more than it was trained for.
    if (max_seq_length !== undefined && !options.lsg) tokenizer.model_max_length = max_seq_length;
    return new FeatureExtractionPipeline(tokenizer, model, sentences?.settings);
  };
  const classes = () => Promise.resolve({ Model: EncoderModel, build });
  return await loadTask(sentences?.source ?? source, "Model", options, classes);
}
