import { assertEquals } from "@std/assert";
import { sparseListGradient } from "../../cpu/mod.ts";

Deno.test("sparseListGradient() gives tokens their shares of the entries of their region", () => {
  // Two regions of two tokens behind one other row; one entry for each; heads of width 1.
  const list = new Float32Array([6, 10]);
  const [first, second] = [new Float32Array([1, 0]), new Float32Array([0.5, 1])];
  const shape = { batch: 1, heads: 1, width: 1, first: 1, tokens: 3, rows: 5, region: 2, kept: 1 };
  const result = sparseListGradient({ list, weights: [first, second] }, { ...shape, entries: 2 });
  assertEquals([...result], [0, 6, 3, 0, 0]);
});
