import { assertEquals } from "@std/assert";
import { sumRows } from "../../cpu/mod.ts";

Deno.test("sumRows() sums rows, or their products with others, in float64", () => {
  const [x, y] = [new Float32Array([1, 2, 3, 4, 5, 6]), new Float32Array([1, 0, 2, 0, -1, 1])];
  assertEquals([...sumRows({ x }, { rows: 2, width: 3 })], [5, 7, 9]);
  assertEquals([...sumRows({ x, y }, { rows: 2, width: 3 })], [1, -5, 12]);
  const large = new Float32Array([1e8, 1, -1e8]);
  assertEquals([...sumRows({ x: large }, { rows: 3, width: 1 })], [1]);
});
