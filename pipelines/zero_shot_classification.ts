/**
 * Classification by labels that the model was not trained for.
 *
 * @module
 */
import { checkOptions, FLAG, TEXT } from "../base/check_options.ts";
import type { ModelInputs, SequenceClassification } from "../models/mod.ts";
import type { PreTrainedTokenizer } from "../tokenizer/mod.ts";
import { readLabels } from "./read_labels.ts";
import { runRows } from "./run_rows.ts";
import { softmax } from "../tensor/softmax.ts";
import { CALL_OPTIONS, type CallOptions, TextPipeline } from "./text_pipeline.ts";
import { encodeTexts } from "./token_rows.ts";
import { largest } from "./top_k.ts";

/** A text and its labels, with transformers.js's names. */
export interface ZeroShotClassificationResult {
  /** The text. */
  readonly sequence: string;
  /** The labels, most probable first. */
  readonly labels: string[];
  /** Probability of each label, from 0 to 1. */
  readonly scores: number[];
}

/** Options of a zero-shot-classification call. */
export interface ZeroShotClassificationOptions extends CallOptions {
  /** A sentence with `{}` for the label; `This example is {}.` if absent. */
  readonly hypothesis_template?: string;
  /** Whether several labels can be true, so that each is scored independently; false if absent. */
  readonly multi_label?: boolean;
}

/** Call signature of the pipeline: `classifier(text, candidate_labels, options)`. */
export interface ZeroShotClassificationPipeline {
  /** Classifies one text. */
  (
    text: string,
    candidate_labels: string | readonly string[],
    options?: ZeroShotClassificationOptions,
  ): Promise<ZeroShotClassificationResult>;
  /** Classifies several texts. */
  (
    texts: readonly string[],
    candidate_labels: string | readonly string[],
    options?: ZeroShotClassificationOptions,
  ): Promise<ZeroShotClassificationResult[]>;
  /** Classifies one text, or several. */
  (
    texts: string | readonly string[],
    candidate_labels: string | readonly string[],
    options?: ZeroShotClassificationOptions,
  ): Promise<ZeroShotClassificationResult | ZeroShotClassificationResult[]>;
}

/**
 * Classifies texts by labels given with the call, like transformers.js's pipeline of that name,
 * with a model trained to decide whether a text entails a hypothesis.
 *
 * @example
 * ```ts
 * import { pipeline } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const classifier = await pipeline("zero-shot-classification", "facebook/bart-large-mnli");
 * const { labels, scores } = await classifier("The river rose.", ["weather", "war"]);
 * assertEquals(labels.toSorted(), ["war", "weather"]);
 * assertEquals(scores[0] >= scores[1], true);
 * classifier.dispose();
 * ```
 */
export class ZeroShotClassificationPipeline extends TextPipeline<SequenceClassification> {
  /** Ids of the labels "contradiction" and "entailment". */
  readonly #verdicts: readonly [number, number];

  /**
   * Creates a pipeline.
   *
   * @param tokenizer Converts text to token ids and back.
   * @param model Scores hypotheses; the pipeline disposes of it.
   * @throws {RangeError} If none of the model's labels is entailment.
   */
  constructor(tokenizer: PreTrainedTokenizer, model: SequenceClassification) {
    super(tokenizer, model);
    this.#verdicts = verdictsOf(model.config.id2label);
  }

  /**
   * Classifies texts.
   *
   * @param texts One text, or several.
   * @param candidateLabels The labels: a list, or a comma-separated string.
   * @param options Template, multiple labels and options of every call.
   * @returns The scored labels of the text, or of each text.
   * @throws {TypeError} If an option is unknown or has the wrong type, or a text or label is not a
   * string.
   * @throws {RangeError} If there are no texts or labels, a text is too long or empty, or the
   * template has no `{}`.
   */
  override async _call(
    texts: string | readonly string[],
    candidateLabels: string | readonly string[],
    options: ZeroShotClassificationOptions = {},
  ): Promise<ZeroShotClassificationResult | ZeroShotClassificationResult[]> {
    options = checkOptions("Cannot classify texts", options, {
      hypothesis_template: {
        ...TEXT,
        wanted: "a string with {} for the label",
        accepts: (value) => String(value).includes("{}"),
      },
      multi_label: FLAG,
      ...CALL_OPTIONS,
    });
    const { hypothesis_template = "This example is {}.", multi_label, truncation } = options;
    const labels = readLabels(candidateLabels);
    const hypotheses = labels.map((label) => hypothesis_template.replace("{}", () => label));
    const batch = [texts].flat();
    if (batch.includes("")) {
      throw new RangeError("Cannot classify an empty text: it entails nothing");
    }
    const rows = await encodeTexts(
      this.tokenizer,
      this.maxLength,
      batch,
      (truncation ?? false) && "only_first",
      options.signal,
      batch.map(() => hypotheses),
    );
    const forward = async (inputs: ModelInputs) => [(await this.model(inputs)).logits];
    // Copied, so that the whole batch's logits are not retained.
    const logits = await runRows(this.model, rows, options, forward, (_, scores) => scores.slice());
    const [contradiction, entailment] = this.#verdicts;
    const results = batch.map((sequence) => {
      const scores = logits.splice(0, labels.length);
      const probabilities = multi_label || labels.length === 1
        ? scores.map((pair) => softmax(Float64Array.of(pair[contradiction], pair[entailment]))[1])
        : [...softmax(Float64Array.from(scores, (of) => of[entailment]))];
      const order = largest(probabilities, labels.length);
      return {
        sequence,
        labels: order.map((i) => labels[i]),
        scores: order.map((i) => probabilities[i]),
      };
    });
    return Array.isArray(texts) ? results : results[0];
  }
}

/** Finds both labels by name; absent a contradiction, the first or last label, as in Python. */
function verdictsOf(labels: readonly string[]): [number, number] {
  const names = labels.map((label) => label.toLowerCase());
  const entailment = names.findIndex((name) => name.startsWith("entail"));
  if (entailment < 0) {
    throw new RangeError(
      `Cannot classify by hypotheses: the model has the labels ${labels.join(", ")}; wanted one ` +
        "that begins with entail, as models trained on natural language inference have",
    );
  }
  const named = names.findIndex((name) => /^(contradict|not_entail)/.test(name));
  const other = entailment === 0 ? labels.length - 1 : 0;
  return [named < 0 ? other : named, entailment];
}
