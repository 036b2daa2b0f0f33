import { assertEquals, assertThrows } from "@std/assert";
import { gatherRows } from "../../cpu/mod.ts";

const x = new Float32Array([1, 2, 3, 4, 5, 6, 7, 8]);
const shape = { batch: 2, rows: 2, picked: 3, width: 2 };

Deno.test("gatherRows() picks rows of each sequence, also twice, −1 gives zeros", () => {
  const index = new Int32Array([1, 1, 0, -1, 0, 1]);
  assertEquals([...gatherRows(x, index, shape)], [3, 4, 3, 4, 1, 2, 0, 0, 5, 6, 7, 8]);
});

Deno.test("gatherRows() picks the same rows of every sequence", () => {
  const result = gatherRows(x, new Int32Array([1]), { ...shape, picked: 1 });
  assertEquals([...result], [3, 4, 7, 8]);
});

Deno.test("gatherRows() picks no rows", () => {
  assertEquals(gatherRows(x, new Int32Array(0), { ...shape, picked: 0 }).length, 0);
});

Deno.test("gatherRows() refuses rows that do not exist", () => {
  for (const row of [-2, 2]) {
    assertThrows(
      () => gatherRows(x, new Int32Array([0, 0, row]), shape),
      RangeError,
      `gatherRows: row ${row}, wanted 0 … 1, or -1 for none`,
    );
  }
});

Deno.test("gatherRows() refuses arrays that do not fit, naming them", () => {
  const index = new Int32Array(6);
  assertThrows(() => gatherRows(x.subarray(1), index, shape), RangeError, "x has 7 values");
  assertThrows(
    () => gatherRows(x, new Int32Array(4), shape),
    RangeError,
    "index has 4 values, wanted 6 for the shape [2,3]",
  );
});
