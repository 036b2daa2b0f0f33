import { assertEquals } from "@std/assert";
import { sumSquares } from "../../cpu/mod.ts";

Deno.test("sumSquares() sums the squares of each part", () => {
  const x = new Float32Array([1, 2, 3, 4, 5]);
  assertEquals([...sumSquares({ x }, { count: 5, parts: 1 })], [55]);
  assertEquals([...sumSquares({ x }, { count: 5, parts: 2 })], [14, 41]);
});
