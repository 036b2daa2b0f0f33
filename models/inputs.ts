/**
 * What callers give to models, checked and as typed arrays.
 *
 * @module
 */
import { CALLBACK, checkOptions, FLAG, type OptionCheck, SIGNAL } from "../base/check_options.ts";
import { showValue } from "../base/show_value.ts";
import { type NestedArray, Tensor } from "../tensor/tensor.ts";

/**
 * Whole numbers for each token: a tensor `[batch, tokens]` or nested arrays; for multiple choice
 * `[batch, choices, tokens]`.
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
  /** `[batch, tokens]`; absent: all 0. */
  readonly token_type_ids?: TokenNumbers;
  /** `[batch, tokens]`, for a Longformer: 1 global, 0 not; absent: the head chooses, mostly none. */
  readonly global_attention_mask?: TokenNumbers;
  /** Whether the outputs of the embedding and of each layer are returned too. */
  readonly output_hidden_states?: boolean;
  /** Called after each layer, for showing progress. */
  readonly layer_callback?: (done: { readonly layer: number; readonly layers: number }) => void;
  /** Aborts the pass before the next layer. */
  readonly signal?: AbortSignal;
}

/** The same, checked. */
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
}

/** What a model takes. */
export interface InputLimits {
  /** Rows of the word table. */
  readonly vocabulary: number;
  /** Rows of the token type table. */
  readonly types: number;
  /** Whether tokens can be global by `global_attention_mask`. */
  readonly globals?: boolean;
}

const CHECKS: { readonly [Name in keyof Required<ModelInputs>]: OptionCheck | undefined } = {
  input_ids: undefined,
  attention_mask: undefined,
  token_type_ids: undefined,
  global_attention_mask: undefined,
  output_hidden_states: FLAG,
  layer_callback: CALLBACK,
  signal: SIGNAL,
};

/**
 * Checks a batch against a model's tables.
 *
 * @param inputs What the caller gave.
 * @param limits The sizes of its tables, and whether it has global tokens.
 * @returns Typed arrays of one shape.
 * @throws {TypeError} If something is no tensor or nested array of whole numbers, the shapes
 * differ, an option is of the wrong type, or there is a key that no model takes.
 * @throws {RangeError} If an id has no row in its table, or the mask holds something else than
 * 0 and 1.
 *
 * @example
 * ```ts
 * import { readInputs } from "@lsg/core/models";
 * import { assertEquals } from "@std/assert";
 *
 * const batch = readInputs({ input_ids: [[0, 5, 2]] }, { vocabulary: 10, types: 1 });
 * assertEquals([...batch.mask], [1, 1, 1]);
 * ```
 */
export function readInputs(inputs: ModelInputs, limits: InputLimits): TokenBatch {
  if (typeof inputs !== "object" || inputs === null || inputs.input_ids === undefined) {
    throw new TypeError("Cannot run the model: wanted an object with input_ids");
  }
  checkOptions("Cannot run the model", inputs, CHECKS);
  if (inputs.global_attention_mask !== undefined && !limits.globals) {
    throw new TypeError(
      "Cannot run the model with global_attention_mask: only a Longformer takes it",
    );
  }
  const { dims, values } = readNumbers("input_ids", inputs.input_ids);
  const [batch, tokens] = dims;
  const ids = inRange("input_ids", values, limits.vocabulary, "the vocabulary has ids");
  const read = (
    name: "attention_mask" | "token_type_ids" | "global_attention_mask",
    absent: number,
    count: number,
    table: string,
  ) => {
    if (inputs[name] === undefined) return new Int32Array(ids.length).fill(absent);
    const { dims, values } = readNumbers(name, inputs[name]);
    if (dims[0] !== batch || dims[1] !== tokens) {
      throw new TypeError(
        `Cannot run the model: ${name} has the shape [${dims}], input_ids [${batch}, ${tokens}]`,
      );
    }
    return inRange(name, values, count, table);
  };
  return {
    batch,
    tokens,
    ids,
    mask: read("attention_mask", 1, 2, "wanted 1 (visible) or 0 (padding), so"),
    typeIds: read("token_type_ids", 0, limits.types, "the model has types"),
    globalMask: read("global_attention_mask", 0, 2, "wanted 1 (global) or 0, so"),
  };
}

function readNumbers(name: string, given: unknown): { dims: number[]; values: number[] } {
  const nested: NestedArray = given instanceof Tensor ? given.tolist() : given as NestedArray;
  const wanted = "wanted a tensor [batch, tokens] of whole numbers, or nested arrays";
  if (
    given instanceof Tensor && given.dims.length !== 2 || !Array.isArray(nested) ||
    nested.length === 0 || !nested.every(Array.isArray)
  ) {
    throw new TypeError(`Cannot run the model: ${name} is ${describe(given)}; ${wanted}`);
  }
  const rows = nested as NestedArray[][];
  const dims = [rows.length, rows[0].length];
  if (dims[1] === 0 || rows.some((row) => row.length !== dims[1])) {
    throw new TypeError(
      `Cannot run the model: the rows of ${name} have ${rows.map((row) => row.length)} tokens; ` +
        "wanted the same number ≥ 1 in each (the tokenizer's padding: true does that)",
    );
  }
  const values = rows.flatMap((row) => [...row]).map((value, i) => {
    const number = typeof value === "bigint" ? Number(value) : value;
    if (typeof number !== "number" || !Number.isInteger(number)) {
      throw new TypeError(
        `Cannot run the model: ${name} holds ${showValue(value)} at ${i}; ${wanted}`,
      );
    }
    return number;
  });
  return { dims, values };
}

function inRange(name: string, values: number[], count: number, table: string): Int32Array {
  const at = values.findIndex((value) => value < 0 || value >= count);
  if (at === -1) return Int32Array.from(values);
  throw new RangeError(
    `Cannot run the model: ${name} holds ${values[at]} at ${at}; ${table} 0 … ${count - 1}`,
  );
}

function describe(value: unknown): string {
  if (value instanceof Tensor) return `a tensor of shape [${value.dims}]`;
  if (ArrayBuffer.isView(value)) return value.constructor.name;
  return Array.isArray(value) ? `an array of ${value.length}` : showValue(value);
}
