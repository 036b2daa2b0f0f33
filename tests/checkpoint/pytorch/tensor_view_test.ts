import { Buffer } from "node:buffer";
import { assertEquals, assertThrows } from "@std/assert";
import { Fault } from "../../../checkpoint/pytorch/fault.ts";
import { Storage } from "../../../checkpoint/pytorch/storage.ts";
import {
  checkTensor,
  rangeOf,
  toRowMajor,
  UncheckedTensor,
} from "../../../checkpoint/pytorch/tensor_view.ts";

const STORAGE = new Storage("0", "I16", 24);
const VALUES = Int16Array.from({ length: 24 }, (_, i) => i);

const view = (offset: unknown, dims: unknown[], strides: unknown[], storage = STORAGE) =>
  checkTensor("weight", new UncheckedTensor(storage, offset, dims, strides));

/** Reads a view's elements by its definition. */
function elements(offset: number, dims: readonly number[], strides: readonly number[]): number[] {
  if (dims.length === 0) return [VALUES[offset]];
  return Array.from({ length: dims[0] }, (_, i) => i).flatMap((i) =>
    elements(offset + i * strides[0], dims.slice(1), strides.slice(1))
  );
}

const VIEWS: [number, number[], number[]][] = [
  [0, [4, 6], [6, 1]],
  [0, [6, 4], [1, 6]],
  [7, [], []],
  [5, [3], [6]],
  [1, [2, 3, 4], [11, 1, 3]],
  [0, [3, 1, 2, 2], [2, 99, 1, 6]],
  [4, [3, 2], [0, 1]],
  [23, [1, 1, 1], [5, 5, 5]],
  [1, [2, 0, 3], [1, 1, 1]],
  [0, [2, 3, 4], [1, 2, 6]],
];

for (const [offset, dims, strides] of VIEWS) {
  Deno.test(`toRowMajor() reads [${dims}] with strides [${strides}] at ${offset}`, () => {
    const tensor = view(offset, dims, strides);
    const { start, end } = rangeOf(tensor);
    const bytes = new Uint8Array(VALUES.slice(start, end).buffer);
    const ordered = toRowMajor(tensor, bytes);
    assertEquals([...new Int16Array(ordered.slice().buffer)], elements(offset, dims, strides));
  });
}

Deno.test("toRowMajor() reads bytes that are part of a larger buffer", () => {
  // The slice() of a Node Buffer is no copy.
  for (const all of [new Uint8Array(VALUES.buffer), Buffer.from(VALUES.buffer)]) {
    const ordered = toRowMajor(view(1, [2, 2], [1, 2]), all.subarray(2, 10));
    assertEquals([...new Int16Array(ordered.buffer)], [1, 3, 2, 4]);
  }
});

Deno.test("checkTensor() lets a small tensor repeat elements", () => {
  assertEquals(view(0, [2 ** 20, 1], [0, 1]).dims, [2 ** 20, 1]);
  assertThrows(() => view(0, [2 ** 20 + 1], [0]), Fault, "repeats the 24 elements");
  const large = new Storage("0", "F32", 2 ** 22);
  assertEquals(view(0, [2 ** 11, 2 ** 11], [1, 2 ** 11], large).offset, 0);
});

const MALFORMED: [string, unknown, unknown[], unknown[], string][] = [
  ["too many elements", 0, [25], [1], "beyond its storage of 24"],
  ["an offset beyond", 24, [1], [1], "beyond its storage"],
  ["an offset that leaves too little", 1, [4, 6], [6, 1], "beyond its storage"],
  ["strides beyond", 0, [2, 2], [23, 1], "beyond its storage"],
  ["a stride that overflows", 0, [2 ** 32, 2], [2 ** 32, 2 ** 50], "beyond its storage"],
  ["a number of elements that overflows", 0, Array(64).fill(2 ** 52), Array(64).fill(0), "repeats"],
  ["a scalar beyond", 24, [], [], "beyond its storage"],
  ["a negative offset", -1, [1], [1], "offset -1: wanted"],
  ["a negative dim", 0, [-1], [1], "dims [-1]"],
  ["a negative stride", 5, [2], [-1], "strides [-1]"],
  ["a dim that is a string", 0, ["2"], [1], 'dims ["2"]'],
  ["a dim beyond 2^53", 0, [2n ** 60n], [1], "wanted whole numbers"],
  ["fewer strides than dims", 0, [2, 2], [1], "wanted whole numbers"],
  ["too many dims", 0, Array(65).fill(1), Array(65).fill(1), "at most 64 dimensions"],
];

for (const [description, offset, dims, strides, message] of MALFORMED) {
  Deno.test(`checkTensor() throws on ${description}`, () => {
    assertThrows(() => view(offset, dims, strides), Fault, message);
  });
}
