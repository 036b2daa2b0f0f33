/**
 * Pipelines by the name of their task.
 *
 * @module
 */
import { assertObject, CALLBACK, checkValues, SIGNAL } from "../base/check_options.ts";
import { showValue } from "../base/show_value.ts";
import { WEIGHT_FILES } from "../checkpoint/weight_files.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import { followSignal } from "../hub/follow_signal.ts";
import { expectFiles, openCheckpoint } from "../hub/open_checkpoint.ts";
import type { PreTrainedOptions } from "../models/load.ts";
import type { FeatureExtractionPipeline } from "./feature_extraction.ts";
import type { FillMaskPipeline } from "./fill_mask.ts";
import { loadTask } from "./load_task.ts";
import type { QuestionAnsweringPipeline } from "./question_answering.ts";
import type { SummarizationPipeline } from "./summarization.ts";
import type { Text2TextGenerationPipeline } from "./text2text_generation.ts";
import type { TextClassificationPipeline } from "./text_classification.ts";
import type { TextGenerationPipeline } from "./text_generation.ts";
import type { TokenClassificationPipeline } from "./token_classification.ts";
import type { TranslationPipeline } from "./translation.ts";
import type { ZeroShotClassificationPipeline } from "./zero_shot_classification.ts";

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
  /** Another name of `feature-extraction`. */
  "embeddings": FeatureExtractionPipeline;
  /** Summarises texts. */
  "summarization": SummarizationPipeline;
  /** Writes texts about texts. */
  "text2text-generation": Text2TextGenerationPipeline;
  /** Translates texts. */
  "translation": TranslationPipeline;
  /** Continues texts and conversations. */
  "text-generation": TextGenerationPipeline;
}

/** Name of a task. */
export type PipelineTask = keyof Pipelines;

type Loader<Result> = (source: CheckpointSource, options: PreTrainedOptions) => Promise<Result>;

const textClassification: Loader<TextClassificationPipeline> = (source, options) =>
  loadTask(source, "SequenceClassification", options, async () => {
    const [{ SequenceClassification }, { TextClassificationPipeline }] = await Promise.all([
      import("../models/sequence_classification.ts"),
      import("./text_classification.ts"),
    ]);
    return {
      Model: SequenceClassification,
      build: (...parts) => new TextClassificationPipeline(...parts),
    };
  });

const tokenClassification: Loader<TokenClassificationPipeline> = (source, options) =>
  loadTask(source, "TokenClassification", options, async () => {
    const [{ TokenClassification }, { TokenClassificationPipeline }] = await Promise.all([
      import("../models/token_classification.ts"),
      import("./token_classification.ts"),
    ]);
    return {
      Model: TokenClassification,
      build: (...parts) => new TokenClassificationPipeline(...parts),
    };
  });

const featureExtraction: Loader<FeatureExtractionPipeline> = async (source, options) => {
  const { loadFeatureExtraction } = await import("./load_feature_extraction.ts");
  return await loadFeatureExtraction(source, options);
};

// A page downloads what its task needs; bundlers follow these imports, because they are literals.
const loaders: { readonly [Task in PipelineTask]: Loader<Pipelines[Task]> } = {
  "fill-mask": (source, options) =>
    loadTask(source, "MaskedLM", options, async () => {
      const [{ MaskedLM }, { FillMaskPipeline }] = await Promise.all([
        import("../models/masked_lm.ts"),
        import("./fill_mask.ts"),
      ]);
      return { Model: MaskedLM, build: (...parts) => new FillMaskPipeline(...parts) };
    }),
  "text-classification": textClassification,
  "sentiment-analysis": textClassification,
  "token-classification": tokenClassification,
  "ner": tokenClassification,
  "question-answering": (source, options) =>
    loadTask(source, "QuestionAnswering", options, async () => {
      const [{ QuestionAnswering }, { QuestionAnsweringPipeline }] = await Promise.all([
        import("../models/question_answering.ts"),
        import("./question_answering.ts"),
      ]);
      return {
        Model: QuestionAnswering,
        build: (...parts) => new QuestionAnsweringPipeline(...parts),
      };
    }),
  "zero-shot-classification": (source, options) =>
    loadTask(source, "SequenceClassification", options, async () => {
      const [{ SequenceClassification }, { ZeroShotClassificationPipeline }] = await Promise.all([
        import("../models/sequence_classification.ts"),
        import("./zero_shot_classification.ts"),
      ]);
      return {
        Model: SequenceClassification,
        build: (...parts) => new ZeroShotClassificationPipeline(...parts),
      };
    }),
  "summarization": (source, options) =>
    loadTask(source, "ConditionalGeneration", options, async () => {
      const [{ Seq2SeqLM }, { SummarizationPipeline }] = await Promise.all([
        import("../generation/seq2seq_lm.ts"),
        import("./summarization.ts"),
      ]);
      return { Model: Seq2SeqLM, build: (...parts) => new SummarizationPipeline(...parts) };
    }),
  "text2text-generation": (source, options) =>
    loadTask(source, "ConditionalGeneration", options, async () => {
      const [{ Seq2SeqLM }, { Text2TextGenerationPipeline }] = await Promise.all([
        import("../generation/seq2seq_lm.ts"),
        import("./text2text_generation.ts"),
      ]);
      return { Model: Seq2SeqLM, build: (...parts) => new Text2TextGenerationPipeline(...parts) };
    }),
  "translation": (source, options) =>
    loadTask(source, "ConditionalGeneration", options, async () => {
      const [{ Seq2SeqLM }, { TranslationPipeline }] = await Promise.all([
        import("../generation/seq2seq_lm.ts"),
        import("./translation.ts"),
      ]);
      return { Model: Seq2SeqLM, build: (...parts) => new TranslationPipeline(...parts) };
    }),
  "text-generation": (source, options) =>
    loadTask(source, "CausalLM", options, async () => {
      const [{ DecoderLM }, { TextGenerationPipeline }] = await Promise.all([
        import("../generation/decoder_lm.ts"),
        import("./text_generation.ts"),
      ]);
      return { Model: DecoderLM, build: (...parts) => new TextGenerationPipeline(...parts) };
    }),
  "feature-extraction": featureExtraction,
  "embeddings": featureExtraction,
};

/** The first name of a task that has several. */
function mainName(task: PipelineTask): string {
  return Object.entries(loaders).find(([, load]) => load === loaders[task])![0];
}

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
 * @example A vanilla checkpoint reads 4,096 tokens
 * ```ts
 * import { pipeline } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const lsg = { max_sequence_length: 4096 }; // instead of 512
 * using unmasker = await pipeline("fill-mask", "FacebookAI/roberta-base", { lsg });
 * const text = `${"a ".repeat(600)}${unmasker.tokenizer.mask_token}`;
 * assertEquals((await unmasker(text)).length, 5);
 * ```
 *
 * @example Stopping a call
 * ```ts
 * import { pipeline } from "@lsg/core";
 * import { assertRejects } from "@std/assert";
 *
 * const name = "distilbert/distilbert-base-uncased-finetuned-sst-2-english";
 * using classifier = await pipeline("text-classification", name);
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
    const advice = /^translation_/.test(task)
      ? 'the languages of "translation" are options of its calls, src_lang and tgt_lang'
      : "pictures and sound are not here";
    throw new RangeError(
      `There is no pipeline for ${showValue(task)}: wanted ${known}; ${advice}`,
    );
  }
  if (checkpoint === undefined || checkpoint === null) {
    throw new TypeError(
      `Cannot load a pipeline for "${task}" without a model: wanted a name on the hub, of which ` +
        "docs/models.md lists some, or a folder",
    );
  }
  const action = "Cannot load a pipeline";
  assertObject(action, options ?? {});
  const checks = { progress_callback: CALLBACK, signal: SIGNAL };
  const { progress_callback, signal, ...rest } = checkValues(action, options ?? {}, checks);
  const progress = await expectFiles(progress_callback, ["tokenizer.json"], WEIGHT_FILES);
  const followed = followSignal(signal);
  try {
    // Without the callback: the source reports its files already.
    const given = { ...rest, signal: followed.signal };
    const source = await openCheckpoint(checkpoint, given, progress);
    const loaded = await loaders[task](source, given);
    try {
      progress?.total.finish();
      progress_callback?.({ status: "ready", task: mainName(task), model: source.name });
    } catch (error) { // the caller's callback threw it
      loaded.dispose();
      throw error;
    }
    return loaded;
  } finally {
    progress?.total.close();
    followed.release();
  }
}
