/**
 * Examples to batches.
 *
 * @module
 */
import type { HiddenStates, PreTrainedModel } from "../../models/mod.ts";
import { Tensor } from "../../tensor/tensor.ts";
import type { PreTrainedTokenizer } from "../../tokenizer/mod.ts";
import { IGNORED } from "../losses.ts";
import { maskTokens } from "../mask_tokens.ts";
import type { TrainingBatch } from "../training_batch.ts";
import { ExampleEncoder } from "./encode_example.ts";
import type { EncodedExample, EncodedSequence } from "./encoded_example.ts";
import { type CollatorOptions, type EncoderSettings, encoderSettings } from "./encoder_settings.ts";
import type { Example, LocatedExample } from "./example.ts";
import { checkExample } from "./examples.ts";

/**
 * Makes batches of examples for a model: tokenises them, reads their labels, pads them.
 *
 * | head | examples |
 * | --- | --- |
 * | SequenceClassification | `{text, text_pair?, label}`; several labels: `{text, labels: […]}` |
 * | TokenClassification | `{tokens: […], tags: […]}` |
 * | QuestionAnswering | `{question, context, answers: {text: […], answer_start: […]}}` |
 * | MultipleChoice | `{question, choices: […], label}`, or `text` for `question` |
 * | MaskedLM, CausalLM | `{text}` |
 * | ConditionalGeneration | `{text, summary}`, or `text_target` or `target` |
 * | every head | `{input_ids, labels, …}` with transformers' names |
 *
 * Labels are names of the config's `id2label`, or ids. A masked language model's tokens are hidden
 * anew in each epoch, and by nothing but seed, epoch and the example's index.
 *
 * @example
 * ```ts
 * import { AutoModelForSequenceClassification, AutoTokenizer, Collator } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * using model = await AutoModelForSequenceClassification.from_pretrained("FacebookAI/roberta-base", {
 *   id2label: ["no", "yes"],
 * });
 * const tokenizer = await AutoTokenizer.from_pretrained("FacebookAI/roberta-base");
 * const collator = new Collator(model, tokenizer, { truncation: true, max_length: 128 });
 * const batch = collator.collate([
 *   { text: "It is a truth universally acknowledged.", label: "yes" },
 *   { text: "No.", label: "no" },
 * ]);
 * assertEquals(batch.labels!.dims, [2]);
 * assertEquals(batch.input_ids.dims, batch.attention_mask!.dims);
 * ```
 */
export class Collator {
  readonly #settings: EncoderSettings;
  readonly #encoder: ExampleEncoder;

  /**
   * Makes a collator.
   *
   * @param model The model that is trained.
   * @param tokenizer Its tokenizer; undefined: examples are token ids already.
   * @param options Truncation, lengths, padding, hidden words.
   * @throws {TypeError} If an option is unknown or of the wrong type, or the model has no head.
   * @throws {RangeError} If an option is out of range, or longer than what the model holds.
   */
  constructor(
    model: PreTrainedModel<HiddenStates>,
    tokenizer?: PreTrainedTokenizer,
    options: CollatorOptions = {},
  ) {
    this.#settings = encoderSettings(model, tokenizer, options);
    this.#encoder = new ExampleEncoder(this.#settings);
  }

  /**
   * Makes a batch of examples.
   *
   * @param examples The examples, at least one.
   * @param epoch The epoch, on which hidden words depend.
   * @returns Tensors.
   * @throws {TypeError} If a field is missing or of the wrong type.
   * @throws {RangeError} If a text is too long, or a label unknown.
   */
  collate(examples: readonly Example[], epoch = 0): CollatedBatch {
    return this.collateLocated(
      examples.map((value, index) => {
        const where = `examples[${index}]`;
        return { value: checkExample(value, where), index, where };
      }),
      epoch,
    );
  }

  /**
   * Makes a batch of examples of which it is known where they are from.
   *
   * @param examples The examples, at least one.
   * @param epoch The epoch, on which hidden words depend.
   * @returns Tensors.
   * @throws {TypeError} If a field is missing or of the wrong type; the message says where.
   * @throws {RangeError} If a text is too long, or a label unknown.
   */
  collateLocated(examples: readonly LocatedExample[], epoch: number): CollatedBatch {
    if (examples.length === 0) throw new RangeError("Cannot collate: there are no examples");
    const { head } = this.#settings;
    const encoded = examples.map((example) => {
      const made = this.#encoder.encode(example);
      return head === "MaskedLM" && !made.tokenLabels
        ? this.#hideWords(made, epoch, example.index)
        : made;
    });
    const choices = encoded.map(({ rows }) => rows.length);
    const other = choices.findIndex((count) => count !== choices[0]);
    if (other >= 0) {
      throw new RangeError(
        `Cannot learn from ${examples[other].where}: it has ${choices[other]} choices, others of ` +
          `its batch ${choices[0]}; wanted the same number`,
      );
    }
    return this.#stack(encoded, choices[0]);
  }

  #hideWords({ rows: [row] }: EncodedExample, epoch: number, index: number): EncodedExample {
    const { tokenizer, config, probability, seed } = this.#settings;
    const maskId = tokenizer?.mask_token_id;
    if (maskId === undefined) {
      throw new TypeError("Cannot hide words: the tokenizer has no mask_token, or there is none");
    }
    // Also what a text has of them, and padding of examples that are ids already.
    const specialIds = new Set(tokenizer!.all_special_ids);
    const options = { maskId, vocabulary: config.vocab_size, specialIds, probability };
    const { ids, labels } = maskTokens(row.ids, options, [seed, epoch, index]);
    return { rows: [{ ...row, ids }], tokenLabels: labels };
  }

  #stack(examples: readonly EncodedExample[], choices: number): CollatedBatch {
    const { head, maxLength, maxTargetLength, multiple, tokenizer, config } = this.#settings;
    const rows = examples.flatMap((example) => example.rows);
    const tokens = this.#lengthOf(rows.map(({ ids }) => ids.length), maxLength);
    const isLeft = tokenizer?.padding_side === "left";
    const dims = head === "MultipleChoice"
      ? [examples.length, choices, tokens]
      : [rows.length, tokens];
    const stack = (pad: number, of: (row: EncodedSequence) => Int32Array | undefined) => {
      const lists = rows.map(of);
      if (lists.every((list) => list === undefined)) return undefined;
      const filled = lists.map((list, i) => list ?? new Int32Array(rows[i].ids.length).fill(pad));
      return new Tensor("int32", padded(filled, tokens, pad, isLeft), dims);
    };
    const pad = tokenizer?.pad_token_id ?? config.pad_token_id;
    const inputs = {
      input_ids: stack(pad, ({ ids }) => ids)!,
      attention_mask: stack(0, ({ mask }) => mask)!,
      token_type_ids: stack(0, ({ typeIds }) => typeIds),
      global_attention_mask: stack(0, ({ globals }) => globals),
    };
    const present = Object.fromEntries(
      Object.entries(inputs).filter(([, tensor]) => tensor !== undefined),
    ) as unknown as CollatedBatch;
    if (head === "QuestionAnswering") {
      const shifts = examples.map(({ rows: [{ ids }] }) => isLeft ? tokens - ids.length : 0);
      const side = (i: 0 | 1) =>
        new Tensor(
          "int32",
          Int32Array.from(examples, ({ answer }, b) => answer![i] + shifts[b]),
          [examples.length],
        );
      return { ...present, start_positions: side(0), end_positions: side(1) };
    }
    if (examples[0].targetIds) {
      const targets = examples.map(({ targetIds }) => targetIds!);
      const ids = this.#lengthOf(targets.map(({ length }) => length), maxTargetLength, multiple);
      const labels = padded(targets, ids, IGNORED, false);
      return { ...present, labels: new Tensor("int32", labels, [examples.length, ids]) };
    }
    if (examples[0].tokenLabels) {
      const labels = padded(examples.map((each) => each.tokenLabels!), tokens, IGNORED, isLeft);
      return { ...present, labels: new Tensor("int32", labels, dims) };
    }
    return { ...present, labels: labelTensor(examples.map(({ label }) => label!)) };
  }

  /** The longest length, rounded up to a multiple that the model holds. */
  #lengthOf(lengths: readonly number[], most: number, multiple = this.#settings.multiple): number {
    const longest = lengths.reduce((most, length) => Math.max(most, length));
    return Math.max(longest, Math.min(most, Math.ceil(longest / multiple) * multiple));
  }
}

/** A batch of tensors. */
export interface CollatedBatch extends TrainingBatch {
  /** `[batch, tokens]`, of multiple choice `[batch, choices, tokens]`. */
  readonly input_ids: Tensor<"int32">;
  /** The same shape. */
  readonly attention_mask?: Tensor<"int32">;
  /** The same shape, where the tokenizer has types. */
  readonly token_type_ids?: Tensor<"int32">;
  /** The same shape, of an LED that writes. */
  readonly global_attention_mask?: Tensor<"int32">;
  /** The labels, by the model's head. */
  readonly labels?: Tensor<"int32"> | Tensor<"float32">;
  /** `[batch]`, of question answering. */
  readonly start_positions?: Tensor<"int32">;
  /** `[batch]`, of question answering. */
  readonly end_positions?: Tensor<"int32">;
}

/** Rows of one length, one after the other. */
function padded(
  rows: readonly Int32Array[],
  length: number,
  value: number,
  isLeft: boolean,
): Int32Array {
  const all = new Int32Array(rows.length * length).fill(value);
  rows.forEach((row, i) => all.set(row, i * length + (isLeft ? length - row.length : 0)));
  return all;
}

/** Classes as integers; numbers with fractions or beyond int32, and several labels, as floats. */
function labelTensor(
  labels: readonly (number | readonly number[])[],
): Tensor<"int32"> | Tensor<"float32"> {
  const [first] = labels;
  if (typeof first !== "number") {
    return new Tensor("float32", Float32Array.from(labels.flat()), [labels.length, first.length]);
  }
  const numbers = labels as readonly number[];
  return numbers.every((value) => Number.isInteger(value) && Math.abs(value) < 2 ** 31)
    ? new Tensor("int32", Int32Array.from(numbers), [labels.length])
    : new Tensor("float32", Float32Array.from(numbers), [labels.length]);
}
