import { assertEquals } from "@std/assert";
import { writeRows } from "../../cpu/mod.ts";

const shape = { batch: 2, rows: 2, picked: 1, width: 2, indices: 2 };

Deno.test("writeRows() changes rows in place, −1 leaves one out", () => {
  const x = new Float32Array([1, 2, 3, 4, 5, 6, 7, 8]);
  const y = new Float32Array([10, 20, 30, 40]);
  writeRows({ x, index: new Int32Array([1, -1]), y }, shape);
  assertEquals([...x], [1, 2, 10, 20, 5, 6, 7, 8]);
});

Deno.test("writeRows() with one index writes the same row in each sequence", () => {
  const x = new Float32Array(8);
  const y = new Float32Array([10, 20, 30, 40]);
  writeRows({ x, index: new Int32Array([1]), y }, { ...shape, indices: 1 });
  assertEquals([...x], [0, 0, 10, 20, 0, 0, 30, 40]);
});
