import { assertEquals } from "@std/assert";
import { weightGradient } from "../../cpu/mod.ts";

Deno.test("weightGradient() sums products over rows, in float64", () => {
  const [dy, x] = [[1, 10, 2, 20], [1, 2, 3, 4, 5, 6]].map((values) => new Float32Array(values));
  const result = weightGradient({ dy, x }, { rows: 2, inputs: 3, outputs: 2 });
  assertEquals([...result], [9, 12, 15, 90, 120, 150]);
  const large = { dy: new Float32Array([1, 1, 1]), x: new Float32Array([2 ** 30, 1, -(2 ** 30)]) };
  assertEquals([...weightGradient(large, { rows: 3, inputs: 1, outputs: 1 })], [1]);
});
