import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  expectDims,
  expectMask,
  headWidth,
  indices,
  isWhole,
  mask,
  withinRange,
} from "../../ops/checks.ts";
import type { Integers } from "../../ops/operation.ts";
import { Tensor } from "../../tensor/tensor.ts";

/** Integers of a backend, which came from the host or were made by an operation. */
function stored(size: number, hostIntegers?: Int32Array): Integers {
  const storage = { hostIntegers, read: () => Promise.reject(new Error("")), dispose() {} };
  return new Tensor("int32", storage, [size]);
}

Deno.test("headWidth() refuses numbers of heads that do not divide a row", () => {
  assertEquals(headWidth("operation", 12, 3), 4);
  for (const heads of [5, 0, -2, 0.5, NaN]) {
    assertThrows(
      () => headWidth("operation", 12, heads),
      RangeError,
      `operation: rows of width 12 do not divide into ${heads} heads`,
    );
  }
  assertThrows(() => headWidth("operation", 0, 2), RangeError, "rows of width 0");
});

Deno.test("expectDims() names operation, operand, its shape and the wanted one", () => {
  expectDims("operation", "x", { dims: [2, 3] }, [2, 3]);
  expectDims("operation", "x", { dims: [] }, []);
  for (const wanted of [[3, 2], [2], [2, 3, 1], []]) {
    assertThrows(
      () => expectDims("operation", "x", { dims: [2, 3] }, wanted),
      TypeError,
      `operation: x has the shape [2,3], wanted [${wanted}]`,
    );
  }
});

Deno.test("expectMask() takes 0 and 1 and nothing else", () => {
  expectMask("operation", "mask", new Int32Array([0, 1, 1]), [3]);
  for (const wrong of [2, -1]) {
    assertThrows(
      () => expectMask("operation", "mask", new Int32Array([1, wrong]), [2]),
      RangeError,
      `operation: mask holds ${wrong} at 1, wanted 1 (visible) or 0 (masked)`,
    );
  }
  assertThrows(
    () => expectMask("operation", "mask", new Int32Array(1), [2]),
    RangeError,
    "operation: mask has 1 values, wanted 2 for the shape [2]",
  );
});

Deno.test("integers that an operation made are masks, not indices", () => {
  const made = stored(2);
  assertStrictEquals(mask("operation", "mask", made, [2]).tensor, made);
  assertThrows(
    () => indices("operation", "index", made, 0, 9),
    TypeError,
    "operation: index was made by an operation, wanted values from the host",
  );
  const given = stored(2, new Int32Array([3, -1]));
  assertEquals(indices("operation", "index", given, -1, 4).role, "indices");
  assertThrows(
    () => indices("operation", "index", given, -1, 3),
    RangeError,
    "operation: index holds 3 at position 0, wanted -1 … 2",
  );
  assertThrows(
    () => mask("operation", "mask", given, [2]),
    RangeError,
    "operation: mask holds 3 at 0",
  );
});

Deno.test("no index is out of range where there are none", () => {
  assertEquals(indices("operation", "index", stored(0, new Int32Array(0)), 0, 0).role, "indices");
});

Deno.test("integers of the host are scanned once, whatever they are used for", () => {
  const values = new Int32Array([0, 1]);
  const tensor = stored(2, values);
  indices("operation", "index", tensor, 0, 2);
  // Backends hold a copy that nobody changes; only a second scan would find these.
  values.fill(7);
  indices("operation", "index", tensor, 0, 2);
  mask("operation", "mask", tensor, [2]);
  mask("operation", "mask", tensor.reshape([1, 2]), [1, 2]);
});

Deno.test("integers whose range is known are not scanned", () => {
  // Only a scan would find them.
  const tensor = stored(2, new Int32Array([7, 7]));
  assertEquals(withinRange(tensor, 0, 1), tensor);
  indices("operation", "index", tensor, 0, 2);
  mask("operation", "mask", tensor, [2]);
  const wider = withinRange(stored(2, new Int32Array([0, 5])), 0, 9);
  assertEquals(indices("operation", "index", wider, 0, 6).role, "indices");
  assertThrows(
    () => indices("operation", "index", wider, 0, 5),
    RangeError,
    "holds 5 at position 1",
  );
});

Deno.test("isWhole() takes whole numbers from the least on", () => {
  assertEquals([-1, 0, 1, 1.5, NaN, Infinity].map((value) => isWhole(value, 0)), [
    ...[false, true, true, false, false, false],
  ]);
  assertEquals(isWhole(-5), true);
});
