import { assertEquals, assertThrows } from "@std/assert";
import { gatherRows, scatterRows } from "../../cpu/mod.ts";

const x = new Float32Array([1, 2, 3, 4, 5, 6, 7, 8]);
const shape = { batch: 2, rows: 2, picked: 1, width: 2 };

Deno.test("scatterRows() replaces rows in a copy, −1 leaves one out", () => {
  const y = new Float32Array([10, 20, 30, 40]);
  assertEquals([...scatterRows(x, new Int32Array([1, -1]), y, shape)], [1, 2, 10, 20, 5, 6, 7, 8]);
  assertEquals([...scatterRows(x, new Int32Array([0, 1]), y, shape)], [10, 20, 3, 4, 5, 6, 30, 40]);
  assertEquals([...x], [1, 2, 3, 4, 5, 6, 7, 8]);
});

Deno.test("scatterRows() puts back what gatherRows() picked", () => {
  const index = new Int32Array([1, 0, 0, 1]);
  const all = { ...shape, picked: 2 };
  const picked = gatherRows(x, index, all);
  assertEquals(scatterRows(new Float32Array(8), index, picked, all), x);
});

Deno.test("scatterRows() of no rows is a copy", () => {
  const none = { ...shape, picked: 0 };
  assertEquals(scatterRows(x, new Int32Array(0), new Float32Array(0), none), x);
});

Deno.test("scatterRows() refuses rows that do not exist", () => {
  for (const row of [-2, 2]) {
    assertThrows(
      () => scatterRows(x, new Int32Array([0, row]), new Float32Array(4), shape),
      RangeError,
      `scatterRows: row ${row}, wanted 0 … 1, or -1 for none`,
    );
  }
});

Deno.test("scatterRows() refuses arrays that do not fit, naming them", () => {
  const [index, y] = [new Int32Array(2), new Float32Array(4)];
  assertThrows(() => scatterRows(y, index, y, shape), RangeError, "x has 4 values, wanted 8");
  assertThrows(
    () => scatterRows(x, new Int32Array(1), y, shape),
    RangeError,
    "index has 1 values, wanted 2 for the shape [2,1]",
  );
  assertThrows(() => scatterRows(x, index, x, shape), RangeError, "y has 8 values, wanted 4");
});
