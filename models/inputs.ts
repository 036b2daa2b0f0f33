/**
 * Inputs of models, checked and as typed arrays.
 *
 * @module
 */
import { CALLBACK, checkOptions, FLAG, type OptionCheck, SIGNAL } from "../base/check_options.ts";
import { showValue } from "../base/show_value.ts";
import type { SelfExtendOption } from "../attention/self_extend/self_extend_settings.ts";
import { Tensor } from "../tensor/tensor.ts";

/**
 * Whole numbers for each token: a tensor `[batch, tokens]` or nested arrays; for multiple choice
 * `[batch, choices, tokens]`. An int32 tensor is not copied and must not change during a pass.
 */
export type TokenNumbers =
  | Tensor
  | readonly (readonly (number | bigint)[])[]
  | readonly (readonly (readonly (number | bigint)[])[])[];

/** A batch of token ids, with transformers.js's names. */
export interface ModelInputs {
  /** `[batch, tokens]`. */
  readonly input_ids: TokenNumbers;
  /** `[batch, tokens]`: 1 visible, 0 padding; absent: all visible, padding ids too. */
  readonly attention_mask?: TokenNumbers;
  /** `[batch, tokens]`; absent: all 0. Without effect in a family that has no token types. */
  readonly token_type_ids?: TokenNumbers;
  /** `[batch, tokens]`, for a Longformer: 1 global, 0 not; absent: the head chooses, mostly none. */
  readonly global_attention_mask?: TokenNumbers;
  /**
   * `[batch, ids]`, for an encoder-decoder: the ids that its decoder reads; absent: `input_ids` moved
   * one position behind a start token, by the family's rule.
   */
  readonly decoder_input_ids?: TokenNumbers;
  /** `[batch, ids]`, for an encoder-decoder: 1 visible, 0 padding; absent: all visible. */
  readonly decoder_attention_mask?: TokenNumbers;
  /**
   * Self-Extend, for a model with rotary positions: group and window, `auto`, or null for none; absent:
   * what the model was loaded with.
   */
  readonly self_extend?: SelfExtendOption;
  /** Whether the outputs of the embedding and of each layer are returned too. */
  readonly output_hidden_states?: boolean;
  /** Called, and waited for, after each layer, for showing progress. */
  readonly layer_callback?: (done: { readonly layer: number; readonly layers: number }) => void;
  /** Aborts the pass before the next layer. */
  readonly signal?: AbortSignal;
}

/**
 * Checked inputs: operations rely on their ranges and do not scan them again. The arrays may be the
 * caller's: nothing writes to them.
 */
export interface TokenBatch {
  /** Sequences. */
  readonly batch: number;
  /** Tokens of a sequence. */
  readonly tokens: number;
  /** `[batch, tokens]`. */
  readonly ids: Int32Array;
  /** `[batch, tokens]`. */
  readonly mask: Int32Array;
  /** `[batch, tokens]`. */
  readonly typeIds: Int32Array;
  /** `[batch, tokens]`: 1 global, for a Longformer. */
  readonly globalMask: Int32Array;
  /** `[batch, tokens]`; absent: by the family's rule. */
  readonly positions?: Int32Array;
}

/** Sizes of a model's tables, and whether it has global tokens. */
export interface InputLimits {
  /** Rows of the word table. */
  readonly vocabulary: number;
  /** Rows of the token type table; 0 without one: types then have no effect. */
  readonly types: number;
  /** Whether tokens can be global by `global_attention_mask`. */
  readonly globals?: boolean;
  /** Whether it has a decoder. */
  readonly decoder?: boolean;
  /** Checks the option `self_extend`, if positions are rotary and attention causal. */
  readonly checkSelfExtend?: (action: string, option: unknown) => void;
}

const CHECKS: { readonly [Name in keyof Required<ModelInputs>]: OptionCheck | undefined } = {
  input_ids: undefined,
  attention_mask: undefined,
  token_type_ids: undefined,
  global_attention_mask: undefined,
  decoder_input_ids: undefined,
  decoder_attention_mask: undefined,
  self_extend: {
    type: ["object", "string"],
    wanted: '{ group_size, window_size }, "auto" or null',
    nullable: true,
  },
  output_hidden_states: FLAG,
  layer_callback: CALLBACK,
  signal: SIGNAL,
};

/**
 * Checks a batch against a model's tables. The array of an int32 tensor is used as it is.
 *
 * @param inputs The caller's inputs.
 * @param limits The sizes of the tables, and whether the model has global tokens.
 * @returns Typed arrays of one shape.
 * @throws {TypeError} If something is not a tensor or nested array of whole numbers, the shapes
 * differ, an option is of the wrong type, or there is a key that no model takes.
 * @throws {RangeError} If an id has no row in its table, or a mask holds something other than 0
 * and 1.
 */
export function readInputs(inputs: ModelInputs, limits: InputLimits): TokenBatch {
  if (typeof inputs !== "object" || (inputs?.input_ids ?? null) === null) {
    throw new TypeError("Cannot run the model: wanted an object with input_ids");
  }
  inputs = checkOptions("Cannot run the model", inputs, CHECKS);
  if (inputs.global_attention_mask !== undefined && !limits.globals) {
    throw new TypeError(
      "Cannot run the model with global_attention_mask: only a Longformer or an LED takes it",
    );
  }
  if (inputs.self_extend !== undefined) {
    const action = "Cannot run the model";
    if (!limits.checkSelfExtend) {
      throw new TypeError(`${action} with self_extend: only a rotary decoder takes it`);
    }
    limits.checkSelfExtend(action, inputs.self_extend);
  }
  for (const name of ["decoder_input_ids", "decoder_attention_mask"] as const) {
    if (inputs[name] === undefined || limits.decoder) continue;
    throw new TypeError(`Cannot run the model with ${name}: only an encoder-decoder takes it`);
  }
  if (inputs.decoder_attention_mask !== undefined && inputs.decoder_input_ids === undefined) {
    throw new TypeError("Cannot run the model with decoder_attention_mask: no decoder_input_ids");
  }
  const { dims: [batch, tokens], values: ids } = readIds("input_ids", inputs.input_ids, limits);
  const read = (
    name: "attention_mask" | "token_type_ids" | "global_attention_mask",
    absent: number,
    count: number,
    table: string,
  ) => {
    if (inputs[name] === undefined) return new Int32Array(ids.length).fill(absent);
    return readMask(name, inputs[name], count, table, [batch, tokens], "input_ids");
  };
  // Tokenizers shared by several families give types to families without them too.
  const types = limits.types || 2 ** 31;
  return {
    batch,
    tokens,
    ids,
    mask: read("attention_mask", 1, 2, VISIBLE),
    typeIds: read("token_type_ids", 0, types, "the model has types"),
    globalMask: read("global_attention_mask", 0, 2, "wanted 1 (global) or 0, so"),
  };
}

/**
 * Checks the decoder's ids and mask.
 *
 * @param inputs The caller's inputs, with `decoder_input_ids`.
 * @param limits The sizes of the tables.
 * @param batch How many sequences the encoder reads.
 * @returns Typed arrays of one shape.
 * @throws {TypeError} If something is not a tensor or nested array of whole numbers, or the shapes
 * differ.
 * @throws {RangeError} If an id has no row in its table, or the mask holds something other than 0
 * and 1.
 */
export function readDecoderInputs(
  { decoder_input_ids, decoder_attention_mask: mask }: ModelInputs,
  limits: InputLimits,
  batch: number,
): TokenBatch {
  const { dims, values } = readIds("decoder_input_ids", decoder_input_ids, limits);
  if (dims[0] !== batch) {
    throw new TypeError(
      `Cannot run the model: decoder_input_ids has ${dims[0]} sequences, input_ids ${batch}`,
    );
  }
  const read = (mask ?? undefined) === undefined
    ? new Int32Array(values.length).fill(1)
    : readMask("decoder_attention_mask", mask, 2, VISIBLE, dims, "decoder_input_ids");
  return decoderBatch(values, dims, read);
}

/**
 * Ids of a decoder as a batch.
 *
 * @param ids `[batch, tokens]`.
 * @param dims Its shape.
 * @param mask `[batch, tokens]`; absent: all visible.
 * @returns The batch, without token types and global tokens.
 */
export function decoderBatch(
  ids: Int32Array,
  [batch, tokens]: readonly number[],
  mask: Int32Array = new Int32Array(ids.length).fill(1),
): TokenBatch {
  const none = new Int32Array(ids.length);
  return { batch, tokens, ids, mask, typeIds: none, globalMask: none };
}

const VISIBLE = "wanted 1 (visible) or 0 (padding), so";

function readIds(name: string, given: unknown, { vocabulary }: InputLimits) {
  return readNumbers(name, given, vocabulary, "the vocabulary has ids");
}

function readMask(
  name: string,
  given: unknown,
  count: number,
  table: string,
  wanted: readonly number[],
  ids: string,
): Int32Array {
  const { dims, values } = readNumbers(name, given, count, table);
  if (dims[0] === wanted[0] && dims[1] === wanted[1]) return values;
  throw new TypeError(
    `Cannot run the model: ${name} has the shape [${dims}], ${ids} [${wanted.join(", ")}]`,
  );
}

const WANTED = "wanted a tensor [batch, tokens] of whole numbers, or nested arrays";

/** The dims and values of an input, each of them below `count`. */
function readNumbers(
  name: string,
  given: unknown,
  count: number,
  table: string,
): { dims: readonly number[]; values: Int32Array } {
  const dims = dimsOf(name, given);
  const numbers: ArrayLike<unknown> = given instanceof Tensor
    ? given.data
    : (given as unknown[][]).flatMap((row) => [...row]);
  const values = numbers instanceof Int32Array ? numbers : new Int32Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i];
    const number = typeof value === "bigint" ? Number(value) : value;
    if (typeof number !== "number" || !Number.isInteger(number)) {
      throw new TypeError(
        `Cannot run the model: ${name} holds ${showValue(value)} at ${i}; ${WANTED}`,
      );
    }
    if (number < 0 || number >= count) {
      throw new RangeError(
        `Cannot run the model: ${name} holds ${number} at ${i}; ${table} 0 … ${count - 1}`,
      );
    }
    if (numbers !== values) values[i] = number;
  }
  return { dims, values };
}

function dimsOf(name: string, given: unknown): readonly number[] {
  if (given instanceof Tensor && given.type !== "bool" && given.dims.length === 2 && given.size) {
    return given.dims;
  }
  if (!Array.isArray(given) || given.length === 0 || !given.every(Array.isArray)) {
    throw new TypeError(`Cannot run the model: ${name} is ${describe(given)}; ${WANTED}`);
  }
  const lengths = given.map((row) => row.length);
  if (lengths[0] === 0 || lengths.some((length) => length !== lengths[0])) {
    throw new TypeError(
      `Cannot run the model: the rows of ${name} have ${lengths} tokens; ` +
        "wanted the same number ≥ 1 in each (the tokenizer's padding: true does that)",
    );
  }
  return [given.length, lengths[0]];
}

function describe(value: unknown): string {
  if (value instanceof Tensor) return `a tensor of ${value.type} of shape [${value.dims}]`;
  if (ArrayBuffer.isView(value)) return value.constructor.name;
  return Array.isArray(value) ? `an array of ${value.length}` : showValue(value);
}
