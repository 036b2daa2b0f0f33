import { assertEquals, assertThrows } from "@std/assert";
import { concatRows } from "../../cpu/mod.ts";

Deno.test("concatRows() puts each sequence's rows of x before those of y", () => {
  const shape = { batch: 2, xRows: 1, yRows: 2, width: 2 };
  const x = new Float32Array([1, 2, 3, 4]);
  const y = new Float32Array([5, 6, 7, 8, 9, 10, 11, 12]);
  assertEquals([...concatRows(x, y, shape)], [1, 2, 5, 6, 7, 8, 3, 4, 9, 10, 11, 12]);
});

Deno.test("concatRows() repeats an x of one sequence", () => {
  const shape = { batch: 3, xRows: 2, yRows: 1, width: 1 };
  const result = concatRows(new Float32Array([8, 9]), new Float32Array([1, 2, 3]), shape);
  assertEquals([...result], [8, 9, 1, 8, 9, 2, 8, 9, 3]);
});

Deno.test("concatRows() takes no rows on either side", () => {
  const none = new Float32Array(0);
  const two = new Float32Array([1, 2]);
  assertEquals(concatRows(none, two, { batch: 2, xRows: 0, yRows: 1, width: 1 }), two);
  assertEquals(concatRows(two, none, { batch: 2, xRows: 1, yRows: 0, width: 1 }), two);
});

Deno.test("concatRows() refuses arrays that do not fit, naming them", () => {
  const shape = { batch: 2, xRows: 1, yRows: 1, width: 2 };
  const four = new Float32Array(4);
  assertThrows(
    () => concatRows(new Float32Array(3), four, shape),
    RangeError,
    "x has 3 values, wanted 4 for the shape [2,1,2]",
  );
  // Two values would do for x, one sequence for all, but not for y.
  assertThrows(
    () => concatRows(four, new Float32Array(2), shape),
    RangeError,
    "y has 2 values, wanted 4",
  );
});
