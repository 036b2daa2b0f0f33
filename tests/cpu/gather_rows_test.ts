import { assertEquals } from "@std/assert";
import { gatherRows } from "../../cpu/mod.ts";

const x = new Float32Array([1, 2, 3, 4, 5, 6, 7, 8]);
const shape = { batch: 2, rows: 2, picked: 3, width: 2, indices: 6 };

Deno.test("gatherRows() picks rows of each sequence, also twice, −1 gives zeros", () => {
  const index = new Int32Array([1, 1, 0, -1, 0, 1]);
  assertEquals([...gatherRows({ x, index }, shape)], [3, 4, 3, 4, 1, 2, 0, 0, 5, 6, 7, 8]);
});

Deno.test("gatherRows() picks the same rows of every sequence", () => {
  const index = new Int32Array([1]);
  const result = gatherRows({ x, index }, { ...shape, picked: 1, indices: 1 });
  assertEquals([...result], [3, 4, 7, 8]);
});

Deno.test("gatherRows() picks no rows", () => {
  const index = new Int32Array(0);
  assertEquals(gatherRows({ x, index }, { ...shape, picked: 0, indices: 0 }).length, 0);
});
