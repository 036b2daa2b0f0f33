/**
 * Checks that shape rules share.
 *
 * @module
 */
import type { DeviceStorage } from "../tensor/tensor.ts";
import { type Floats, type Integers, Operand } from "./operation.ts";

/** Anything with dimensions. */
export interface Shaped {
  /** The length of each dimension. */
  readonly dims: readonly number[];
}

/** The smallest and the largest normal float32. */
const SMALLEST = 2 ** -126;
const LARGEST = 3.4028234663852886e38;

/** Bounds of integers uploaded from the host: computed once, or known from a check before. */
const ranges = new WeakMap<DeviceStorage, readonly [number, number]>();

/**
 * The number of values of a shape.
 *
 * @param dims The dimensions.
 * @returns Their product.
 */
export function product(dims: readonly number[]): number {
  return dims.reduce((product, n) => product * n, 1);
}

/**
 * Asserts that an operand has the wanted dimensions.
 *
 * @param operation The operation, for the message.
 * @param name The operand's name, for the message.
 * @param given The operand.
 * @param wanted Its dimensions.
 * @throws {TypeError} If they differ.
 */
export function expectDims(
  operation: string,
  name: string,
  given: Shaped,
  wanted: readonly number[],
): void {
  if (isSameShape(given.dims, wanted)) return;
  throw new TypeError(`${operation}: ${name} has the shape [${given.dims}], wanted [${wanted}]`);
}

/**
 * Asserts that a tensor that is changed in place is not read meanwhile.
 *
 * @param operation The operation, for the message.
 * @param name The tensor's name, for the message.
 * @param changed The tensor.
 * @param read Operands that are read.
 * @throws {TypeError} If one of them has the same memory.
 */
export function expectApart(
  operation: string,
  name: string,
  { storage }: Floats,
  read: readonly Floats[],
): void {
  if (!storage || !read.some((operand) => operand.storage === storage)) return;
  throw new TypeError(`${operation}: ${name} is also an operand, wanted memory of its own`);
}

/**
 * Whether two shapes are the same.
 *
 * @param a A shape.
 * @param b Another.
 * @returns Whether they have the same dimensions.
 */
export function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/**
 * The width of a head.
 *
 * @param operation The operation, for the message.
 * @param rowWidth The width of a row.
 * @param heads Heads of a row.
 * @returns `rowWidth / heads`.
 * @throws {RangeError} If that is not a whole number, 1 or more.
 */
export function headWidth(operation: string, rowWidth: number, heads: number): number {
  const width = rowWidth / heads;
  if (Number.isInteger(heads) && isWhole(width, 1)) return width;
  throw new RangeError(`${operation}: rows of width ${rowWidth} do not divide into ${heads} heads`);
}

/**
 * Tests whether a value is a whole number in range.
 *
 * @param value The value.
 * @param least The smallest allowed value.
 * @returns Whether it is.
 */
export function isWhole(value: number, least = -Infinity): boolean {
  return Number.isInteger(value) && value >= least;
}

/**
 * Tests whether a number is one that kernels can hold: finite, also as a 32-bit float.
 *
 * @param value The number.
 * @returns Whether it is.
 */
export function isFloat(value: number): boolean {
  return Number.isFinite(Math.fround(value));
}

/**
 * Asserts that kernels can hold a factor.
 *
 * @param operation The operation, for the message.
 * @param scale The factor.
 * @returns The factor.
 * @throws {RangeError} If it is not finite, also as a 32-bit float.
 */
export function expectScale(operation: string, scale: number): number {
  if (isFloat(scale)) return scale;
  throw new RangeError(
    `${operation}: got the scale ${scale}, wanted a number in the range of float32`,
  );
}

/**
 * Asserts that kernels can hold an epsilon: below the smallest normal float32 some read 0.
 *
 * @param operation The operation, for the message.
 * @param epsilon The epsilon.
 * @param canBeZero Whether 0 is allowed.
 * @throws {RangeError} If it is not a normal float32 above 0.
 */
export function expectEpsilon(operation: string, epsilon: number, canBeZero = false): void {
  if (epsilon >= SMALLEST && epsilon <= LARGEST || canBeZero && epsilon === 0) return;
  const wanted = canBeZero ? "0 or a normal float32 above it" : "a normal float32 above 0";
  throw new RangeError(`${operation}: got the epsilon ${epsilon}, wanted ${wanted}`);
}

/**
 * Row indices as an operand. Kernels do not check them, so they must come from the host.
 *
 * @param operation The operation, for the message.
 * @param name The operand's name, for the message.
 * @param tensor The indices.
 * @param lowest The lowest allowed index.
 * @param count One more than the highest allowed index.
 * @returns The operand.
 * @throws {TypeError} If they are the result of an operation.
 * @throws {RangeError} If one is out of range.
 *
 * @example
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { indices } from "@lsg/core/ops";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const ids = backend.integers(new Int32Array([0, 3]), [2]);
 * assertEquals(indices("pick", "ids", ids, 0, 4).role, "indices"); // rows of a table of four
 * const pick = () => indices("pick", "ids", ids, 0, 3);
 * assertThrows(pick, RangeError, "pick: ids holds 3 at position 1, wanted 0 … 2");
 * ```
 */
export function indices(
  operation: string,
  name: string,
  tensor: Integers,
  lowest: number,
  count: number,
): Operand<"indices"> {
  const values = hostIntegers(tensor);
  if (!values) {
    throw new TypeError(
      `${operation}: ${name} was made by an operation, wanted values from the host`,
    );
  }
  const [smallest, largest] = rangeOf(tensor, values);
  if (smallest >= lowest && largest < count) return new Operand("indices", tensor);
  const at = values.findIndex((value) => value < lowest || value >= count);
  // The bounds that were noted are wider than the values.
  if (at === -1) return new Operand("indices", tensor);
  throw new RangeError(
    `${operation}: ${name} holds ${values[at]} at position ${at}, wanted ${lowest} … ${count - 1}`,
  );
}

/**
 * The values of integers that came from the host.
 *
 * @param operation The operation, for the message.
 * @param tensor The integers, which may be disposed of.
 * @returns The values.
 * @throws {TypeError} If they are the result of an operation.
 */
export function hostValues(operation: string, tensor: Integers): Int32Array {
  const values = hostIntegers(tensor);
  if (values) return values;
  throw new TypeError(
    `${operation}: integers were made by an operation, wanted values from the host for a gradient`,
  );
}

/**
 * A mask as an operand. Values from the host are checked; those that operations make are valid.
 *
 * @param operation The operation, for the message.
 * @param name The operand's name, for the message.
 * @param tensor The mask.
 * @param dims Its dimensions.
 * @returns The operand.
 * @throws {TypeError} If it has other dimensions.
 * @throws {RangeError} If it holds something other than 0 and 1.
 *
 * @example
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { mask } from "@lsg/core/ops";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const visible = backend.integers(new Int32Array([1, 0, 2]), [1, 3]);
 * const hide = () => mask("hide", "visible", visible, [1, 3]);
 * assertThrows(hide, RangeError, "hide: visible holds 2 at 2");
 * const whole = backend.integers(new Int32Array([1, 0, 1]), [1, 3]);
 * assertEquals(mask("hide", "visible", whole, [1, 3]).role, "mask");
 * ```
 */
export function mask(
  operation: string,
  name: string,
  tensor: Integers,
  dims: readonly number[],
): Operand<"mask"> {
  expectDims(operation, name, tensor, dims);
  const values = hostIntegers(tensor);
  if (values) {
    const [smallest, largest] = rangeOf(tensor, values);
    if (smallest < 0 || largest > 1) expectMask(operation, name, values, dims);
  }
  return new Operand("mask", tensor);
}

/**
 * Asserts that an array is a mask: as many values as its dimensions say, each 0 or 1.
 *
 * @param operation The operation, for the message.
 * @param name The mask's name, for the message.
 * @param values The mask.
 * @param dims Its dimensions.
 * @throws {RangeError} If it is not a mask.
 */
export function expectMask(
  operation: string,
  name: string,
  values: Int32Array,
  dims: readonly number[],
): void {
  const wanted = product(dims);
  if (values.length !== wanted) {
    throw new RangeError(
      `${operation}: ${name} has ${values.length} values, wanted ${wanted} for the shape [${dims}]`,
    );
  }
  const at = values.findIndex((value) => value !== 0 && value !== 1);
  if (at === -1) return;
  throw new RangeError(
    `${operation}: ${name} holds ${values[at]} at ${at}, wanted 1 (visible) or 0 (masked)`,
  );
}

/**
 * Notes the range of integers that were checked before they were uploaded, so that operations do
 * not scan them again.
 *
 * @param tensor The integers.
 * @param smallest A number that none is below.
 * @param largest A number that none is above.
 * @returns The tensor.
 */
export function withinRange(tensor: Integers, smallest: number, largest: number): Integers {
  if (tensor.storage) ranges.set(tensor.storage, [smallest, largest]);
  return tensor;
}

function hostIntegers({ storage }: Integers): Int32Array | undefined {
  return storage?.hostIntegers;
}

function rangeOf({ storage }: Integers, values: Int32Array): readonly [number, number] {
  const known = storage && ranges.get(storage);
  if (known) return known;
  let [smallest, largest] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < smallest) smallest = value;
    if (value > largest) largest = value;
  }
  if (storage) ranges.set(storage, [smallest, largest]);
  return [smallest, largest];
}
