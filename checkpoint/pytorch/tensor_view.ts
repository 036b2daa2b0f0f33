/**
 * Tensors as views of a storage: element `(i, j, …)` is the storage's element
 * `offset + i·strides[0] + j·strides[1] + …`.
 *
 * @module
 */
import { showName, showValue } from "../../base/show_value.ts";
import { bytesPerElement, exactBuffer } from "../dtypes.ts";
import { malformed, refused } from "./fault.ts";
import { isCount, type Storage } from "./storage.ts";

/** Most dimensions; PyTorch has the same limit. */
const MAX_DIMS = 64;

/** Most elements of a tensor that repeats those of its storage. */
const MAX_REPEATED = 2 ** 20;

/** A tensor. */
export interface TensorView {
  /** The storage that holds its elements. */
  readonly storage: Storage;
  /** Index of its first element in the storage. */
  readonly offset: number;
  /** Size of each dimension; empty for a scalar. */
  readonly dims: readonly number[];
  /** Distance in the storage between neighbours, for each dimension. */
  readonly strides: readonly number[];
}

/** A tensor as a pickle describes it, not checked yet. */
export class UncheckedTensor {
  /** Its parts: storage, offset, dims, strides. */
  readonly parts: readonly [unknown, unknown, readonly unknown[], readonly unknown[]];

  /** Wraps what the pickle says. */
  constructor(
    storage: unknown,
    offset: unknown,
    dims: readonly unknown[],
    strides: readonly unknown[],
  ) {
    this.parts = [storage, offset, dims, strides];
  }
}

/**
 * Checks a tensor: all of its elements must lie in its storage.
 *
 * @param name Its name, for messages.
 * @param tensor The tensor.
 * @returns The same, checked.
 * @throws {Fault} If it is malformed, reaches beyond its storage, or repeats elements without end.
 */
export function checkTensor(name: string, { parts }: UncheckedTensor): TensorView {
  const [storage, offset, dims, strides] = parts as [Storage, unknown, unknown[], unknown[]];
  const isShape = dims.length <= MAX_DIMS && dims.length === strides.length;
  if (!isShape || !isCount(offset) || !dims.every(isCount) || !strides.every(isCount)) {
    throw malformed(
      `tensor ${showName(name)} has the dims ${showValue(dims.slice(0, MAX_DIMS))}, strides ` +
        `${showValue(strides.slice(0, MAX_DIMS))} and offset ${showValue(offset)}: wanted whole ` +
        `numbers ≥ 0, for at most ${MAX_DIMS} dimensions`,
    );
  }
  // Beyond 2^53 these are inexact, but still far above the length of any storage.
  const count = dims.reduce((product, size) => product * size, 1);
  const last = dims.reduce((index, size, i) => index + (size - 1) * strides[i], offset);
  if (count > 0 && last >= storage.length) {
    throw malformed(
      `tensor ${showName(name)} of the dims ${showValue(dims)}, strides ${
        showValue(strides)
      } and ` +
        `offset ${offset} reaches beyond its storage of ${storage.length} elements`,
    );
  }
  if (count > Math.max(storage.length, MAX_REPEATED)) {
    throw refused(
      `tensor ${showName(name)} of the dims ${showValue(dims)} repeats the ${storage.length} ` +
        `elements of its storage: wanted at most ${MAX_REPEATED}`,
    );
  }
  return { storage, offset, dims, strides };
}

/** The part of a storage that a tensor needs. */
export interface StorageRange {
  /** First element. */
  readonly start: number;
  /** Element after the last. */
  readonly end: number;
}

/**
 * Returns the part of its storage that a tensor needs.
 *
 * @param tensor The tensor.
 * @returns The range of elements; empty if the tensor is.
 */
export function rangeOf({ offset, dims, strides }: TensorView): StorageRange {
  if (dims.includes(0)) return { start: 0, end: 0 };
  const last = dims.reduce((index, size, i) => index + (size - 1) * strides[i], offset);
  return { start: offset, end: last + 1 };
}

/**
 * Puts a tensor's elements in row-major order.
 *
 * @param tensor The tensor.
 * @param bytes The elements of {@linkcode rangeOf}.
 * @returns The elements; the same bytes if they are in order.
 */
export function toRowMajor(tensor: TensorView, bytes: Uint8Array): Uint8Array {
  if (isRowMajor(tensor) || bytes.length === 0) return bytes;
  const size = bytesPerElement(tensor.storage.dtype);
  const Elements = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array }[size]!;
  const from = new Elements(exactBuffer(bytes));
  const { dims, strides } = tensor;
  const to = new Elements(dims.reduce((product, size) => product * size, 1));
  const indices = dims.map(() => 0);
  const inner = dims.length - 1;
  for (let done = 0, start = 0; done < to.length;) {
    for (let i = 0; i < dims[inner]; i++) to[done++] = from[start + i * strides[inner]];
    // The next row: like an odometer.
    for (let axis = inner - 1; axis >= 0; axis--) {
      start += strides[axis];
      if (++indices[axis] < dims[axis]) break;
      start -= strides[axis] * dims[axis];
      indices[axis] = 0;
    }
  }
  return new Uint8Array(to.buffer);
}

function isRowMajor({ dims, strides }: TensorView): boolean {
  let expected = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    if (dims[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= dims[axis];
  }
  return true;
}
