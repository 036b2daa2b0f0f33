/**
 * Pipelines by the name of their task.
 *
 * @module
 */
import { givenOptions } from "../base/check_options.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import { openCheckpoint } from "../hub/open_checkpoint.ts";
import {
  type AutoClass,
  AutoModel,
  AutoModelForMaskedLM,
  AutoModelForQuestionAnswering,
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
  type PreTrainedModel,
  type PreTrainedOptions,
} from "../models/mod.ts";
import { AutoTokenizer, type PreTrainedTokenizer } from "../tokenizer/mod.ts";
import { AutoModelForSeq2SeqLM } from "../generation/auto.ts";
import { FeatureExtractionPipeline } from "./feature_extraction.ts";
import { FillMaskPipeline } from "./fill_mask.ts";
import { QuestionAnsweringPipeline } from "./question_answering.ts";
import { readSentenceTransformer } from "./sentence_pooling.ts";
import { SummarizationPipeline } from "./summarization.ts";
import { Text2TextGenerationPipeline } from "./text2text_generation.ts";
import { TextClassificationPipeline } from "./text_classification.ts";
import { TokenClassificationPipeline } from "./token_classification.ts";
import { TranslationPipeline } from "./translation.ts";
import { ZeroShotClassificationPipeline } from "./zero_shot_classification.ts";

/** The pipeline of each task. */
export interface Pipelines {
  /** Fills in masked words. */
  "fill-mask": FillMaskPipeline;
  /** Classifies texts. */
  "text-classification": TextClassificationPipeline;
  /** Another name of `text-classification`. */
  "sentiment-analysis": TextClassificationPipeline;
  /** Labels tokens. */
  "token-classification": TokenClassificationPipeline;
  /** Another name of `token-classification`. */
  "ner": TokenClassificationPipeline;
  /** Finds answers in documents. */
  "question-answering": QuestionAnsweringPipeline;
  /** Classifies texts by labels given with the call. */
  "zero-shot-classification": ZeroShotClassificationPipeline;
  /** Embeds texts. */
  "feature-extraction": FeatureExtractionPipeline;
  /** Summarises texts. */
  "summarization": SummarizationPipeline;
  /** Writes texts about texts. */
  "text2text-generation": Text2TextGenerationPipeline;
  /** Translates texts. */
  "translation": TranslationPipeline;
}

/** Name of a task. */
export type PipelineTask = keyof Pipelines;

type Loader<Result> = (source: CheckpointSource, options: PreTrainedOptions) => Promise<Result>;

/** Loads a tokenizer and a model, and disposes of the model if they do not fit together. */
function loader<Model extends PreTrainedModel<unknown>, Result>(
  auto: AutoClass<Model>,
  build: (tokenizer: PreTrainedTokenizer, model: Model) => Result,
): Loader<Result> {
  return async (source, options) => {
    const tokenizer = await AutoTokenizer.from_pretrained(source);
    options.signal?.throwIfAborted();
    const model = await auto.from_pretrained(source, options);
    // A converted model reads more tokens than the tokenizer's files say.
    if (options.lsg) tokenizer.model_max_length = model.maxLength;
    try {
      return build(tokenizer, model);
    } catch (error) {
      model.dispose();
      throw error;
    }
  };
}

const textClassification = loader(
  AutoModelForSequenceClassification,
  (tokenizer, model) => new TextClassificationPipeline(tokenizer, model),
);
const tokenClassification = loader(
  AutoModelForTokenClassification,
  (tokenizer, model) => new TokenClassificationPipeline(tokenizer, model),
);

const loaders: { readonly [Task in PipelineTask]: Loader<Pipelines[Task]> } = {
  "fill-mask": loader(
    AutoModelForMaskedLM,
    (tokenizer, model) => new FillMaskPipeline(tokenizer, model),
  ),
  "text-classification": textClassification,
  "sentiment-analysis": textClassification,
  "token-classification": tokenClassification,
  "ner": tokenClassification,
  "question-answering": loader(
    AutoModelForQuestionAnswering,
    (tokenizer, model) => new QuestionAnsweringPipeline(tokenizer, model),
  ),
  "zero-shot-classification": loader(
    AutoModelForSequenceClassification,
    (tokenizer, model) => new ZeroShotClassificationPipeline(tokenizer, model),
  ),
  "summarization": loader(
    AutoModelForSeq2SeqLM,
    (tokenizer, model) => new SummarizationPipeline(tokenizer, model),
  ),
  "text2text-generation": loader(
    AutoModelForSeq2SeqLM,
    (tokenizer, model) => new Text2TextGenerationPipeline(tokenizer, model),
  ),
  "translation": loader(
    AutoModelForSeq2SeqLM,
    (tokenizer, model) => new TranslationPipeline(tokenizer, model),
  ),
  "feature-extraction": async (source, options) => {
    const sentences = await readSentenceTransformer(source);
    const load = loader(AutoModel, (tokenizer, model) => {
      const { max_seq_length } = sentences?.settings ?? {};
      // A model that is converted now is to read more than it was trained for.
      if (max_seq_length !== undefined && !options.lsg) tokenizer.model_max_length = max_seq_length;
      return new FeatureExtractionPipeline(tokenizer, model, sentences?.settings);
    });
    return await load(sentences?.source ?? source, options);
  },
};

/**
 * Loads a tokenizer and a model for a task.
 *
 * @param task The task.
 * @param checkpoint A folder, `owner/name` on the hub, a URL, or a source of files.
 * @param options Device, overrides, conversion to LSG; revision, cache, token, progress, signal.
 * @returns The pipeline; the caller disposes of it, or declares it with `using`.
 * @throws {RangeError} If there is no such task, or a file is missing or does not fit.
 * @throws {TypeError} If an option is unknown or has the wrong type.
 * @throws {SyntaxError} If a file is malformed.
 * @throws The signal's reason, if it was aborted.
 *
 * @example A vanilla checkpoint reads 1,024 tokens
 * ```ts
 * import { pipeline } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = "tests/golden/conversion/roberta_512";
 * using unmasker = await pipeline("fill-mask", folder, { lsg: { max_sequence_length: 1024 } });
 * const text = `${"a ".repeat(400)}${unmasker.tokenizer.mask_token}`;
 * assertEquals((await unmasker(text)).length, 5);
 * ```
 *
 * @example Stopping a call
 * ```ts
 * import { pipeline } from "@lsg/core";
 * import { assertRejects } from "@std/assert";
 *
 * using classifier = await pipeline("text-classification", "tests/golden/pipelines/bert_nli");
 * const controller = new AbortController();
 * const labels = classifier("The sea.", { signal: controller.signal });
 * controller.abort(new Error("no longer needed"));
 * await assertRejects(() => labels, Error, "no longer needed");
 * ```
 */
export async function pipeline<Task extends PipelineTask>(
  task: Task,
  checkpoint: string | URL | CheckpointSource,
  options: PreTrainedOptions = {},
): Promise<Pipelines[Task]> {
  if (!Object.hasOwn(loaders, task)) {
    const known = Object.keys(loaders).map((name) => `"${name}"`).join(", ");
    throw new RangeError(`There is no pipeline for ${JSON.stringify(task)}: wanted ${known}`);
  }
  const { progress_callback, ...rest } = givenOptions(options ?? {});
  const source = await openCheckpoint(checkpoint, { progress_callback, ...rest });
  // Without the callback: the source reports its files already.
  const loaded = await loaders[task](source, rest);
  progress_callback?.({ status: "ready", task, model: source.name });
  return loaded;
}
