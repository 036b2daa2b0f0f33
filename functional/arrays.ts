/**
 * Between plain arrays and tensors.
 *
 * @module
 */
import type { Backend, Floats, Integers } from "../ops/backend.ts";
import { CpuBackend } from "../cpu/backend.ts";
import { expectMask } from "../ops/checks.ts";

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
  /** `[batch, tokens]` of 0 and 1, checked; all 1 if absent. */
  maskValues(name: string, values: Int32Array | undefined): Int32Array;
  /** The same as a tensor. */
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
 * @throws {TypeError} If an array or the backend has another type.
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
 * The last dimension of an array, from those before it.
 *
 * @param name The array's name, for the message.
 * @param values The values.
 * @param before The dimensions before the last one, by name.
 * @returns The last one.
 * @throws {TypeError} If it is no Float32Array.
 * @throws {RangeError} If its length is 0 or no multiple of the others.
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

function kindOf(value: unknown): string {
  return typeof value === "object" && value !== null
    ? value.constructor?.name ?? "object"
    : String(value);
}
