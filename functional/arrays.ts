/**
 * Plain arrays to tensors and back.
 *
 * @module
 */
import type { MaskedProjected } from "../attention/full/full_attention.ts";
import { checkNames, checkOptions, type OptionCheck } from "../base/check_options.ts";
import { showValue } from "../base/show_value.ts";
import type { Backend, Floats, Integers } from "../ops/backend.ts";
import { expectMask } from "../ops/checks.ts";

/** Queries, keys and values after projection; head `i` is columns `i·width … (i+1)·width − 1`. */
export interface AttentionInput {
  /** `[batch, tokens, heads·width]`. */
  readonly query: Float32Array;
  /** `[batch, tokens, heads·width]`. */
  readonly key: Float32Array;
  /** `[batch, tokens, heads·width]`. */
  readonly value: Float32Array;
  /** `[batch, tokens]`: 1 visible, 0 padding; absent: all visible. */
  readonly mask?: Int32Array;
}

/** Shape of queries, keys and values. */
export interface AttentionShape {
  /** Number of sequences. */
  readonly batch: number;
  /** Tokens per sequence. */
  readonly tokens: number;
  /** Number of heads. */
  readonly heads: number;
  /** Backend that runs the operations; the CPU reference if absent. */
  readonly backend?: Backend;
}

/** The check of each option by its name; undefined: it is checked where it is used. */
export type Checks<Options> = {
  readonly [Name in keyof Required<Options>]: OptionCheck | undefined;
};

/** The names of sizes and backend. */
export const SHAPE_CHECKS: Checks<AttentionShape> = {
  batch: undefined,
  tokens: undefined,
  heads: undefined,
  backend: undefined,
};

/**
 * Checks what an attention is called with, as far as that is not done where arrays become tensors.
 *
 * @param input The arrays by name.
 * @param shape Sizes and options by name.
 * @param checks All names of the shape.
 * @param arrays Names of the arrays besides queries, keys, values and mask.
 * @returns The options that are present; null means absent.
 * @throws {TypeError} If one is not an object, an array or option is unknown, or an option is of the
 * wrong type.
 * @throws {RangeError} If an option's value is not accepted.
 */
export function checkCall<Shape extends object>(
  input: object,
  shape: Shape,
  checks: Checks<Shape>,
  arrays: readonly string[] = [],
): Shape {
  if (typeof input !== "object" || input === null) {
    throw new TypeError(`Cannot attend to ${showValue(input)}: wanted an object with arrays`);
  }
  checkNames("Cannot attend", input, ["query", "key", "value", "mask", ...arrays]);
  return checkOptions("Cannot attend", shape, checks);
}

/** Makes tensors of arrays for the duration of one call. */
export interface Arrays {
  /** Backend that runs the operations. */
  readonly backend: Backend;
  /** A tensor `[batch, rows, columns]`, where `columns` follows from the array's length. */
  rows(name: string, values: Float32Array, rows: number): Floats;
  /** A tensor of floats of any shape. */
  floats(values: Float32Array, dims: readonly number[]): Floats;
  /** `[batch, tokens]` of 0 and 1, checked; all 1 if absent. */
  maskValues(name: string, values: Int32Array | undefined): Int32Array;
  /** A tensor `[batch, tokens]` of {@linkcode Arrays.maskValues}. */
  mask(name: string, values: Int32Array | undefined): Integers;
  /** A tensor of integers of any shape. */
  integers(values: Int32Array, dims: readonly number[]): Integers;
}

/**
 * Runs an attention on plain arrays and disposes of every tensor that it made.
 *
 * @param shape Sizes and backend.
 * @param openReference Opens the reference, which runs the attention if no backend is given.
 * @param body Makes tensors with the given helper and returns the result.
 * @returns Values of the result.
 * @throws {TypeError} If an array or the backend has the wrong type.
 * @throws {RangeError} If a size is not a whole number ≥ 1 or an array does not fit.
 */
export async function onArrays(
  shape: AttentionShape,
  openReference: () => Backend,
  body: (arrays: Arrays) => Floats,
): Promise<Float32Array> {
  const { batch, tokens, heads, backend = openReference() } = shape;
  for (const [name, value] of Object.entries({ batch, tokens, heads })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`Cannot attend with ${name} ${value}: wanted a whole number ≥ 1`);
    }
  }
  if (typeof backend?.scope !== "function") {
    throw new TypeError(
      `Cannot attend with the backend ${kindOf(backend)}: wanted one that openBackend() gives`,
    );
  }
  const arrays: Arrays = {
    backend,
    rows: (name, values, rows) =>
      backend.floats(values, [batch, rows, columnsOf(name, values, { batch, rows })]),
    floats: (values, dims) => backend.floats(values, dims),
    maskValues(name, values = new Int32Array(batch * tokens).fill(1)) {
      if (!(values instanceof Int32Array)) {
        throw new TypeError(`Cannot attend: ${name} is ${kindOf(values)}, wanted an Int32Array`);
      }
      expectMask("Cannot attend", name, values, [batch, tokens]);
      return values;
    },
    mask: (name, values) => backend.integers(arrays.maskValues(name, values), [batch, tokens]),
    integers: (values, dims) => backend.integers(values, dims),
  };
  const result = backend.scope(() => body(arrays));
  try {
    return await result.getData();
  } finally {
    result.dispose();
  }
}

/**
 * Computes the last dimension of an array from its length and the other dimensions.
 *
 * @param name The array's name, for the message.
 * @param values The array.
 * @param before The dimensions before the last one, by name.
 * @returns The last dimension.
 * @throws {TypeError} If the array is not a Float32Array.
 * @throws {RangeError} If its length is 0 or not a multiple of the other dimensions.
 */
export function columnsOf(
  name: string,
  values: Float32Array,
  before: Readonly<Record<string, number>>,
): number {
  if (!(values instanceof Float32Array)) {
    throw new TypeError(`Cannot attend: ${name} is ${kindOf(values)}, wanted a Float32Array`);
  }
  const columns = values.length / Object.values(before).reduce((product, n) => product * n);
  if (columns >= 1 && Number.isInteger(columns)) return columns;
  const wanted = Object.entries(before).map(([name, n]) => `${name} ${n}`).join(" × ");
  throw new RangeError(
    `Cannot attend: ${name} has ${values.length} values, wanted a multiple of ${wanted}`,
  );
}

/**
 * Asserts that queries, keys and values divide into heads of one width.
 *
 * @param tensors Tensors by name, each `[batch, rows, heads·width]`.
 * @param heads Number of heads.
 * @throws {RangeError} If they do not.
 */
export function checkHeads(tensors: Readonly<Record<string, Floats>>, heads: number): void {
  const [first, ...rest] = Object.entries(tensors);
  const columns = first[1].dims[2];
  if (columns % heads !== 0) {
    throw new RangeError(
      `Cannot attend: ${first[0]} has ${columns} columns, wanted a multiple of heads ${heads}`,
    );
  }
  for (const [name, tensor] of rest) {
    if (tensor.dims[2] !== columns) {
      throw new RangeError(
        `Cannot attend: ${name} has ${tensor.dims[2]} columns, ${
          first[0]
        } has ${columns}; wanted ` +
          "the same",
      );
    }
  }
}

/**
 * Makes tensors of an attention's inputs.
 *
 * @param arrays Makes tensors.
 * @param input Queries, keys, values and mask.
 * @param shape Sizes.
 * @returns The tensors.
 * @throws {RangeError} If an array does not fit the shape.
 */
export function projectedOf(
  arrays: Arrays,
  input: AttentionInput,
  { tokens, heads }: AttentionShape,
): MaskedProjected {
  const query = arrays.rows("query", input.query, tokens);
  const key = arrays.rows("key", input.key, tokens);
  const value = arrays.rows("value", input.value, tokens);
  checkHeads({ query, key, value }, heads);
  return { query, key, value, mask: arrays.mask("mask", input.mask), heads };
}

function kindOf(value: unknown): string {
  return typeof value === "object" && value !== null
    ? value.constructor?.name ?? "object"
    : String(value);
}
