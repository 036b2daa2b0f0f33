/**
 * Classifies texts.
 *
 * @module
 */
import { checkNames, checkOptions, COUNT_OR_ALL, oneOf } from "../base/check_options.ts";
import type { ModelInputs, SequenceClassification } from "../models/mod.ts";
import { runRows } from "./run_rows.ts";
import { SCORE_FUNCTIONS, type ScoreFunction, scoreFunctionOf } from "./score_functions.ts";
import { CALL_OPTIONS, type CallOptions, TextPipeline } from "./text_pipeline.ts";
import { encodeTexts } from "./token_rows.ts";
import { largest } from "./top_k.ts";

/** A label of a text, with transformers.js's names. */
export interface TextClassificationResult {
  /** Name of the label in the config. */
  readonly label: string;
  /** Probability of the label, from 0 to 1; for regression the score itself. */
  readonly score: number;
}

/** A text and a second one, such as a premise and a hypothesis. */
export interface TextPair {
  /** The text. */
  readonly text: string;
  /** The second text; absent: the text stands alone. */
  readonly text_pair?: string;
}

/** Options of a text-classification call. */
export interface TextClassificationOptions extends CallOptions {
  /** Number of labels per text, best first; `null`: all; 1 if absent. */
  readonly top_k?: number | null;
  /** Function applied to the scores; absent: by the config's `problem_type`. */
  readonly function_to_apply?: ScoreFunction;
}

/** Results for several texts: one label each for `top_k` 1, otherwise one list each. */
export type TextClassificationResults<TopK extends number | null> = TopK extends 1
  ? TextClassificationResult[]
  : number extends TopK ? TextClassificationResult[] | TextClassificationResult[][]
  : TextClassificationResult[][];

/** Call signature of the pipeline: `classifier(text, options)`. */
export interface TextClassificationPipeline {
  /** Classifies one text, or a pair. */
  (
    text: string | TextPair,
    options?: TextClassificationOptions,
  ): Promise<TextClassificationResult[]>;
  /** Classifies several texts, or several pairs. */
  <TopK extends number | null = 1>(
    texts: readonly (string | TextPair)[],
    options?: TextClassificationOptions & { readonly top_k?: TopK },
  ): Promise<TextClassificationResults<TopK>>;
  /** Classifies one text, or several. */
  <TopK extends number | null = 1>(
    texts: string | TextPair | readonly (string | TextPair)[],
    options?: TextClassificationOptions & { readonly top_k?: TopK },
  ): Promise<TextClassificationResult[] | TextClassificationResults<TopK>>;
}

/**
 * Classifies texts, like transformers.js's pipeline of that name, and pairs of texts, like
 * Python's.
 *
 * @example
 * ```ts
 * import { pipeline } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const classifier = await pipeline("text-classification", "FacebookAI/roberta-large-mnli");
 * const [best] = await classifier("The light was gone.");
 * const all = await classifier(["The light was gone.", "Another text"], { top_k: null });
 * assertEquals(all[0][0], best);
 * assertEquals(all.map((labels) => labels.length), [3, 3]);
 * const pair = { text: "The light was gone.", text_pair: "It was dark." };
 * assertEquals((await classifier(pair)).length, 1);
 * classifier.dispose();
 * ```
 */
export class TextClassificationPipeline extends TextPipeline<SequenceClassification> {
  /**
   * Classifies texts.
   *
   * @param texts One text or pair, or several.
   * @param options Number of labels, score function and options of every call; `truncation`
   * shortens the longer text of a pair first.
   * @returns For one text its labels, best first. For several texts the best label of each with
   * `top_k` 1, otherwise a list for each.
   * @throws {TypeError} If an option is unknown or has the wrong type, or a text is not a string.
   * @throws {RangeError} If an option is out of range, there are no texts, a text is too long, or
   * only some of the texts are pairs.
   */
  override async _call(
    texts: string | TextPair | readonly (string | TextPair)[],
    options: TextClassificationOptions = {},
  ): Promise<TextClassificationResult[] | TextClassificationResult[][]> {
    options = checkOptions("Cannot classify texts", options, {
      top_k: COUNT_OR_ALL,
      function_to_apply: oneOf(Object.keys(SCORE_FUNCTIONS)),
      ...CALL_OPTIONS,
    });
    const { config } = this.model;
    const { top_k = 1, function_to_apply = scoreFunctionOf(config) } = options;
    const inputs = [texts].flat().map(asPair);
    const rows = await encodeTexts(
      this.tokenizer,
      this.maxLength,
      inputs.map(({ text }) => text),
      options.truncation ?? false,
      options.signal,
      secondTexts(inputs),
    );
    const forward = async (inputs: ModelInputs) => [(await this.model(inputs)).logits];
    const results = await runRows(this.model, rows, options, forward, (_, scores) => {
      const values = SCORE_FUNCTIONS[function_to_apply](scores);
      return largest(values, top_k ?? values.length).map((id) => ({
        label: config.id2label[id],
        score: values[id],
      }));
    });
    if (!Array.isArray(texts)) return results[0];
    return top_k === 1 ? results.flat() : results;
  }
}

function asPair(given: string | TextPair): TextPair {
  const isPair = typeof given === "object" && given !== null && !Array.isArray(given);
  // The tokenizer refuses everything that is not a string.
  if (!isPair) return { text: given as string };
  checkNames("Cannot classify a pair", given, ["text", "text_pair"]);
  return given;
}

function secondTexts(inputs: readonly TextPair[]): [string][] | undefined {
  const pairs = inputs.flatMap(({ text_pair }): [string][] =>
    text_pair == null ? [] : [[text_pair]]
  );
  if (pairs.length === 0) return undefined;
  if (pairs.length === inputs.length) return pairs;
  throw new RangeError(
    `Cannot classify ${inputs.length} texts of which ${pairs.length} have a text_pair: wanted ` +
      "one for each, or none",
  );
}
