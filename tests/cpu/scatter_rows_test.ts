import { assertEquals } from "@std/assert";
import { gatherRows, scatterRows } from "../../cpu/mod.ts";

const x = new Float32Array([1, 2, 3, 4, 5, 6, 7, 8]);
const shape = { batch: 2, rows: 2, picked: 1, width: 2 };

Deno.test("scatterRows() replaces rows in a copy, −1 leaves one out", () => {
  const y = new Float32Array([10, 20, 30, 40]);
  const scatter = (...index: number[]) => [
    ...scatterRows({ x, index: new Int32Array(index), y }, shape),
  ];
  assertEquals(scatter(1, -1), [1, 2, 10, 20, 5, 6, 7, 8]);
  assertEquals(scatter(0, 1), [10, 20, 3, 4, 5, 6, 30, 40]);
  assertEquals([...x], [1, 2, 3, 4, 5, 6, 7, 8]);
});

Deno.test("scatterRows() puts back what gatherRows() picked", () => {
  const index = new Int32Array([1, 0, 0, 1]);
  const all = { ...shape, picked: 2, indices: 4 };
  const y = gatherRows({ x, index }, all);
  assertEquals(scatterRows({ x: new Float32Array(8), index, y }, all), x);
});

Deno.test("scatterRows() of no rows is a copy", () => {
  const none = { ...shape, picked: 0 };
  const operands = { x, index: new Int32Array(0), y: new Float32Array(0) };
  assertEquals(scatterRows(operands, none), x);
});
