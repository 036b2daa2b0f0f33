/**
 * What hosted models are asked, by their pipelines.
 *
 * @module
 */
import type { FeatureExtractionPipeline } from "../pipelines/feature_extraction.ts";
import type { FillMaskPipeline } from "../pipelines/fill_mask.ts";
import type { Pipelines } from "../pipelines/pipeline.ts";
import type { QuestionAnsweringPipeline } from "../pipelines/question_answering.ts";
import type { SentencePooling } from "../pipelines/sentence_pooling.ts";
import type { SummarizationPipeline } from "../pipelines/summarization.ts";
import type { Text2TextGenerationPipeline } from "../pipelines/text2text_generation.ts";
import type { TextClassificationPipeline, TextPair } from "../pipelines/text_classification.ts";
import type { TokenClassificationPipeline } from "../pipelines/token_classification.ts";
import type { TextGenerationPipeline } from "../pipelines/text_generation.ts";
import type { TranslationPipeline } from "../pipelines/translation.ts";
import type { ZeroShotClassificationPipeline } from "../pipelines/zero_shot_classification.ts";
import type { PreTrainedTokenizer } from "../tokenizer/pre_trained_tokenizer.ts";
import { continueText } from "./continue_text.ts";
import type { HostedMethod, MethodOptions } from "./hosted_method.ts";
import type { HostedTask, Method } from "./tasks.ts";

/** A loaded pipeline of any of the tasks. */
export type HostedPipeline = Pipelines[HostedTask];

/** A text that is split into tokens. */
export interface TokenizeItem {
  /** The text. */
  readonly text: string;
  /** Whether the special tokens of a text are added. */
  readonly addSpecialTokens: boolean;
}

/** A token of a text. */
export interface TokenizedToken {
  /** Its id. */
  readonly id: number;
  /** The token. */
  readonly text: string;
  /** Whether it is a special token. */
  readonly special: boolean;
  /** Where it starts and ends in the text, in UTF-16 code units; null for special tokens. */
  readonly start: number | null;
  readonly stop: number | null;
}

/** Ids that are put together to a text. */
export interface DecodeItem {
  /** The ids. */
  readonly ids: readonly number[];
  /** Whether special tokens are left out. */
  readonly skipSpecialTokens: boolean;
}

/** A question about a document. */
export interface QuestionItem {
  /** The question. */
  readonly question: string;
  /** The document. */
  readonly context: string;
}

/** Number of a text's tokens, with those that the tokenizer adds. */
function length(tokenizer: PreTrainedTokenizer, text: string, text_pair?: string): number {
  const [{ ids }] = tokenizer._encodeRows([text], {
    ...(text_pair !== undefined && { text_pair: [text_pair] }),
  });
  return ids.length;
}

function tokenizerMethods(tokenizer: PreTrainedTokenizer): Partial<Record<Method, HostedMethod>> {
  return {
    tokenize: {
      isBounded: () => false,
      isImmediate: true,
      count: () => 0,
      run: (items) =>
        Promise.resolve((items as TokenizeItem[]).map(({ text, addSpecialTokens }) => {
          const [{ ids, special, starts, ends }] = tokenizer._encodeRows([text], {
            add_special_tokens: addSpecialTokens,
          });
          const tokens = tokenizer.convert_ids_to_tokens([...ids]);
          return tokens.map((token, i): TokenizedToken => ({
            id: ids[i],
            text: token,
            special: special[i] === 1,
            start: special[i] === 1 ? null : starts[i],
            stop: special[i] === 1 ? null : ends[i],
          }));
        })),
    },
    decode: {
      isBounded: () => false,
      isImmediate: true,
      count: () => 0,
      run: (items) =>
        Promise.resolve(
          (items as DecodeItem[]).map(({ ids, skipSpecialTokens }) =>
            tokenizer.decode([...ids], { skip_special_tokens: skipSpecialTokens })
          ),
        ),
    },
  };
}

/** A method of a pipeline that reads texts one by one. */
function ofTexts<Text = string>(
  pipeline: { readonly tokenizer: PreTrainedTokenizer },
  run: (texts: readonly Text[], options: MethodOptions) => Promise<unknown>,
  count: (text: Text, options: MethodOptions) => number = (text) =>
    length(pipeline.tokenizer, String(text)),
  isBounded = true,
): HostedMethod {
  return {
    isBounded: () => isBounded,
    count: (item, options) => count(item as Text, options),
    run: async (items, options, { signal, batchTokens }) =>
      await run(items as Text[], {
        ...options,
        signal,
        max_batch_tokens: batchTokens,
      }) as unknown[],
  };
}

function embed(pipeline: FeatureExtractionPipeline): HostedMethod {
  const pooling = defaultPooling(pipeline);
  // Several poolings, one after the other, are only ever the checkpoint's own.
  const own = typeof pooling === "string" ? { pooling } : {};
  return ofTexts(
    pipeline,
    (texts, options) => pipeline._embed(texts, { ...own, ...options }),
    (text, options) => pipeline._countTokens(text, options),
  );
}

/**
 * How embeddings are pooled where a call does not say: as the checkpoint does, or by the mean.
 *
 * @param pipeline The pipeline.
 * @returns The pooling.
 */
export function defaultPooling(
  { defaults: { pooling } }: FeatureExtractionPipeline,
): SentencePooling["pooling"] {
  return pooling === "none" ? "mean" : pooling;
}

function classify(pipeline: TextClassificationPipeline): HostedMethod {
  return ofTexts<string | TextPair>(
    pipeline,
    async (items, options) => {
      const results: unknown[] = new Array(items.length);
      // The pipeline takes texts or pairs, not both.
      for (const isText of [true, false]) {
        const places = [...items.keys()].filter((i) => (typeof items[i] === "string") === isText);
        if (places.length === 0) continue;
        const found: readonly unknown[] = await pipeline(places.map((i) => items[i]), options);
        // One label a text comes without a list around it.
        places.forEach((place, i) => results[place] = [found[i]].flat());
      }
      return results;
    },
    (given) =>
      typeof given === "string"
        ? length(pipeline.tokenizer, given)
        : length(pipeline.tokenizer, given.text, given.text_pair),
  );
}

function zeroShot(pipeline: ZeroShotClassificationPipeline): HostedMethod {
  return ofTexts(
    pipeline,
    (texts, { candidate_labels, ...options }) =>
      pipeline(texts, candidate_labels as string[], options),
  );
}

function answer(pipeline: QuestionAnsweringPipeline): HostedMethod {
  return ofTexts<QuestionItem>(
    pipeline,
    (items, options) =>
      pipeline(
        items.map(({ question }) => question),
        items.map(({ context }) => context),
        options,
      ),
    ({ question, context }) => length(pipeline.tokenizer, question, context),
    // Long documents are read in windows.
    false,
  );
}

function write(
  pipeline: SummarizationPipeline | Text2TextGenerationPipeline | TranslationPipeline,
): HostedMethod {
  return {
    isBounded: () => true,
    count: (item) => length(pipeline.tokenizer, item as string),
    run: async (items, options, { signal }) => {
      // Several returned texts of each item stand one after the other.
      const results: readonly unknown[] = await pipeline(items as string[], { ...options, signal });
      const each = results.length / items.length;
      return items.map((_, i) => results.slice(i * each, (i + 1) * each));
    },
  };
}

/**
 * Makes the methods of a pipeline.
 *
 * @param task Its task.
 * @param pipeline The pipeline.
 * @returns The methods by their names.
 */
export async function makeMethods(
  task: HostedTask,
  pipeline: HostedPipeline,
): Promise<ReadonlyMap<Method, HostedMethod>> {
  const own = await ownMethods(task, pipeline);
  const all = { ...own, ...tokenizerMethods(pipeline.tokenizer) };
  return new Map(Object.entries(all) as [Method, HostedMethod][]);
}

async function ownMethods(
  task: HostedTask,
  pipeline: HostedPipeline,
): Promise<Partial<Record<Method, HostedMethod>>> {
  switch (task) {
    case "feature-extraction":
      return { embed: embed(pipeline as FeatureExtractionPipeline) };
    case "text-classification":
      return { classify: classify(pipeline as TextClassificationPipeline) };
    case "zero-shot-classification": {
      const { TextClassificationPipeline } = await import("../pipelines/text_classification.ts");
      const { tokenizer, model } = pipeline as ZeroShotClassificationPipeline;
      return {
        zero_shot: zeroShot(pipeline as ZeroShotClassificationPipeline),
        classify: classify(new TextClassificationPipeline(tokenizer, model)),
      };
    }
    case "token-classification": {
      const tagger = pipeline as TokenClassificationPipeline;
      return { tag: ofTexts(tagger, (texts, options) => tagger(texts, options)) };
    }
    case "question-answering":
      return { answer: answer(pipeline as QuestionAnsweringPipeline) };
    case "fill-mask": {
      const filler = pipeline as FillMaskPipeline;
      return { fill_mask: ofTexts(filler, (texts, options) => filler(texts, options)) };
    }
    case "text-generation":
      return { generate: continueText(pipeline as TextGenerationPipeline) };
    default:
      return {
        write: write(
          pipeline as SummarizationPipeline | Text2TextGenerationPipeline | TranslationPipeline,
        ),
      };
  }
}
