/**
 * Between plain arrays and tensors.
 *
 * @module
 */
import type { Backend, Floats, Integers } from "../backend.ts";
import { CpuBackend } from "../cpu/backend.ts";
import { checkMask } from "../cpu/checks.ts";

/** The shape of queries, keys and values. */
export interface AttentionShape {
  /** Sequences. */
  readonly batch: number;
  /** Tokens of a sequence. */
  readonly tokens: number;
  /** Heads. */
  readonly heads: number;
  /** What computes; the CPU reference if absent. */
  readonly backend?: Backend;
}

/** Makes tensors of arrays for the time of one call. */
export interface Arrays {
  /** What computes. */
  readonly backend: Backend;
  /** `[batch, rows, columns]`, with the columns taken from the array's length. */
  rows(name: string, values: Float32Array, rows: number): Floats;
  /** A tensor of any shape. */
  floats(values: Float32Array, dims: readonly number[]): Floats;
  /** `[batch, tokens]` of 0 and 1; all 1 if absent. */
  mask(name: string, values: Int32Array | undefined): Integers;
  /** A tensor of whole numbers. */
  integers(values: Int32Array, dims: readonly number[]): Integers;
}

/**
 * Runs an attention on plain arrays and gives back every tensor that it made.
 *
 * @param shape Sizes and backend.
 * @param body Makes tensors with the given helper and returns the result's.
 * @returns The values of the result.
 * @throws {TypeError} If an array has another type.
 * @throws {RangeError} If a size is no whole number ≥ 1 or an array does not fit.
 */
export async function onArrays(
  shape: AttentionShape,
  body: (arrays: Arrays) => Floats,
): Promise<Float32Array> {
  const { batch, tokens, heads, backend = new CpuBackend() } = shape;
  for (const [name, value] of Object.entries({ batch, tokens, heads })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`Cannot attend with ${name} ${value}: wanted a whole number ≥ 1`);
    }
  }
  const arrays: Arrays = {
    backend,
    rows: (name, values, rows) =>
      backend.floats(values, [batch, rows, columnsOf(name, values, batch, rows)]),
    floats: (values, dims) => backend.floats(values, dims),
    mask(name, values = new Int32Array(batch * tokens).fill(1)) {
      if (!(values instanceof Int32Array)) {
        throw new TypeError(`Cannot attend: ${name} is ${typeof values}, wanted an Int32Array`);
      }
      checkMask("Cannot attend", name, values, [batch, tokens]);
      return backend.integers(values, [batch, tokens]);
    },
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
 * The columns of an array of rows.
 *
 * @param name The array's name, for the message.
 * @param values `[batch, rows, columns]`.
 * @param batch Sequences.
 * @param rows Rows of a sequence.
 * @returns How many columns there are.
 * @throws {TypeError} If it is no Float32Array.
 * @throws {RangeError} If its length is no multiple of the rows.
 */
export function columnsOf(
  name: string,
  values: Float32Array,
  batch: number,
  rows: number,
): number {
  if (!(values instanceof Float32Array)) {
    throw new TypeError(`Cannot attend: ${name} is ${typeof values}, wanted a Float32Array`);
  }
  const columns = values.length / (batch * rows);
  if (columns === 0 || columns % 1 !== 0) {
    throw new RangeError(
      `Cannot attend: ${name} has ${values.length} values, wanted a multiple of batch ` +
        `${batch} × rows ${rows}`,
    );
  }
  return columns;
}

/**
 * That queries, keys and values divide into heads of one width.
 *
 * @param tensors Each `[batch, rows, heads·width]`.
 * @param heads Heads.
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
