/**
 * Labels tokens: names, locations, parts of speech.
 *
 * @module
 */
import { checkOptions, oneOf, type OptionCheck } from "../base/check_options.ts";
import type { ModelInputs, TokenClassification } from "../models/mod.ts";
import type { EncodedRow } from "../tokenizer/mod.ts";
import {
  AGGREGATION_STRATEGIES,
  type AggregationStrategy,
  type Entity,
  groupEntities,
  type LabelledToken,
  labelTokens,
  OUTSIDE,
} from "./entities.ts";
import { runRows } from "./run_rows.ts";
import { softmax } from "../tensor/softmax.ts";
import { CALL_OPTIONS, type CallOptions, TextPipeline } from "./text_pipeline.ts";
import { encodeTexts } from "./token_rows.ts";

/** A labelled range of a text. */
export interface LabelledRange {
  /** Probability of the label, from 0 to 1. */
  readonly score: number;
  /** Text of the tokens, as decoded by the tokenizer. */
  readonly word: string;
  /** Start in the text, in UTF-16 code units: `text.slice(start, end)`. */
  readonly start: number;
  /** End in the text. */
  readonly end: number;
}

/** A token with its label, with transformers.js's names. */
export interface TokenClassificationResult extends LabelledRange {
  /** Name of the label in the config. */
  readonly entity: string;
  /** Position in the row of ids. */
  readonly index: number;
}

/** Neighbours with the same label. */
export interface EntityGroup extends LabelledRange {
  /** Name of the label, without its `B-` or `I-` prefix. */
  readonly entity_group: string;
}

/** Options of a token-classification call. */
export interface TokenClassificationOptions extends CallOptions {
  /** How tokens are grouped; `none` if absent. */
  readonly aggregation_strategy?: AggregationStrategy;
  /** Labels, or groups, to leave out; `["O"]` if absent. */
  readonly ignore_labels?: readonly string[];
}

/** Result of each strategy. */
export type TokenClassificationOutput<Strategy extends AggregationStrategy> = Strategy extends
  "none" ? TokenClassificationResult : EntityGroup;

/** Call signature of the pipeline: `classifier(text, options)`. */
export interface TokenClassificationPipeline {
  /** Labels the tokens of one text. */
  <Strategy extends AggregationStrategy = "none">(
    text: string,
    options?: TokenClassificationOptions & { readonly aggregation_strategy?: Strategy },
  ): Promise<TokenClassificationOutput<Strategy>[]>;
  /** Labels the tokens of several texts. */
  <Strategy extends AggregationStrategy = "none">(
    texts: readonly string[],
    options?: TokenClassificationOptions & { readonly aggregation_strategy?: Strategy },
  ): Promise<TokenClassificationOutput<Strategy>[][]>;
  /** Labels the tokens of one text, or of several. */
  <Strategy extends AggregationStrategy = "none">(
    texts: string | readonly string[],
    options?: TokenClassificationOptions & { readonly aggregation_strategy?: Strategy },
  ): Promise<TokenClassificationOutput<Strategy>[] | TokenClassificationOutput<Strategy>[][]>;
}

const LABELS: OptionCheck = {
  type: "object",
  wanted: "a list of labels",
  accepts: (value) => Array.isArray(value) && value.every((label) => typeof label === "string"),
};

/**
 * Labels the tokens of texts, like transformers.js's pipeline of that name, with the aggregation
 * strategies of Python's.
 *
 * @example
 * ```ts
 * import { pipeline } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const classifier = await pipeline("token-classification", "dslim/bert-base-NER");
 * const text = "Isabella left Bath.";
 * const groups = await classifier(text, { aggregation_strategy: "first" });
 * assertEquals(groups[0].word, text.slice(groups[0].start, groups[0].end));
 * classifier.dispose();
 * ```
 */
export class TokenClassificationPipeline extends TextPipeline<TokenClassification> {
  /**
   * Labels the tokens of texts.
   *
   * @param texts One text, or several.
   * @param options Grouping, ignored labels and options of every call.
   * @returns The tokens or groups of the text, or a list for each text.
   * @throws {TypeError} If an option is unknown or has the wrong type, or a text is not a string.
   * @throws {RangeError} If an option is out of range, there are no texts, or a text is too long.
   */
  override async _call(
    texts: string | readonly string[],
    options: TokenClassificationOptions = {},
  ): Promise<unknown> {
    options = checkOptions("Cannot label tokens", options, {
      aggregation_strategy: oneOf(AGGREGATION_STRATEGIES),
      ignore_labels: LABELS,
      ...CALL_OPTIONS,
    });
    const batch = [texts].flat();
    const { tokenizer, maxLength } = this;
    const rows = await encodeTexts(
      tokenizer,
      maxLength,
      batch,
      options.truncation ?? false,
      options.signal,
    );
    const forward = async (inputs: ModelInputs) => [(await this.model(inputs)).logits];
    const results = await runRows(
      this.model,
      rows,
      options,
      forward,
      (i, logits) => this.#label(this.#tokens(batch[i], rows[i], logits), options),
    );
    return Array.isArray(texts) ? results : results[0];
  }

  #label(
    tokens: readonly LabelledToken[],
    { aggregation_strategy = "none", ignore_labels = ["O"] }: TokenClassificationOptions,
  ): (TokenClassificationResult | EntityGroup)[] {
    const { id2label } = this.model.config;
    const labelled = labelTokens(tokens, aggregation_strategy);
    if (aggregation_strategy === "none") {
      return labelled.filter(({ label }) => !ignore_labels.includes(id2label[label]))
        .map((entity) => {
          const { score, ...range } = this.#rangeOf(entity);
          // Printed in the order of transformers.js and of Python.
          const { index } = entity.tokens[0];
          return { entity: id2label[entity.label], score, index, ...range };
        });
    }
    return groupEntities(labelled, id2label).flatMap((entity) => {
      const label = id2label[entity.label];
      const entity_group = label.replace(/^[^-]*-/, "");
      // Entities of a type called "O" are not the tokens outside of all entities.
      const isIgnored = ignore_labels.includes(entity_group) &&
        (entity_group !== OUTSIDE || label === OUTSIDE);
      return isIgnored ? [] : [{ entity_group, ...this.#rangeOf(entity) }];
    });
  }

  #rangeOf({ tokens, score }: Entity): LabelledRange {
    return {
      score,
      word: this.tokenizer.convert_tokens_to_string(tokens.map(({ token }) => token)),
      start: tokens[0].start,
      end: tokens[tokens.length - 1].end,
    };
  }

  /** Tokens of a text without special ones; `logits` is `[tokens, labels]`, padding at the end. */
  #tokens(text: string, row: EncodedRow, logits: Float32Array): LabelledToken[] {
    const labels = this.model.config.id2label.length;
    const positions = [...row.ids.keys()].filter((i) => !row.special[i]);
    return positions.map((index) => {
      const [start, end] = [row.starts[index], row.ends[index]];
      const id = row.ids[index];
      const spelled = this.tokenizer.convert_ids_to_tokens(id);
      const isUnknown = id === this.tokenizer.unk_token_id;
      return {
        index,
        token: isUnknown ? text.slice(start, end) : spelled,
        isSubword: !isUnknown && this.#continuesWord(spelled, text, start, end),
        start,
        end,
        probabilities: softmax(
          Float64Array.from(logits.subarray(index * labels, (index + 1) * labels)),
        ),
      };
    });
  }

  /**
   * Whether a token continues a word, by Python's rule: with a subword prefix it is longer than its
   * text; without such a prefix in the vocabulary, no space separates it from the text before.
   */
  #continuesWord(token: string, text: string, start: number, end: number): boolean {
    if (this.tokenizer.continuing_subword_prefix) {
      return [...token].length !== [...text.slice(start, end)].length;
    }
    return start > 0 && !text.slice(start - 1, start + 1).includes(" ");
  }
}
