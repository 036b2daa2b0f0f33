import { assertEquals } from "@std/assert";
import { concatRows } from "../../cpu/mod.ts";

Deno.test("concatRows() puts each sequence's rows of x before those of y", () => {
  const shape = { batch: 2, xRows: 1, yRows: 2, width: 2, isShared: false };
  const x = new Float32Array([1, 2, 3, 4]);
  const y = new Float32Array([5, 6, 7, 8, 9, 10, 11, 12]);
  assertEquals([...concatRows({ x, y }, shape)], [1, 2, 5, 6, 7, 8, 3, 4, 9, 10, 11, 12]);
});

Deno.test("concatRows() repeats an x of one sequence", () => {
  const shape = { batch: 3, xRows: 2, yRows: 1, width: 1, isShared: true };
  const operands = { x: new Float32Array([8, 9]), y: new Float32Array([1, 2, 3]) };
  const result = concatRows(operands, shape);
  assertEquals([...result], [8, 9, 1, 8, 9, 2, 8, 9, 3]);
});

Deno.test("concatRows() takes no rows on either side", () => {
  const none = new Float32Array(0);
  const two = new Float32Array([1, 2]);
  const shape = { batch: 2, xRows: 0, yRows: 0, width: 1, isShared: false };
  assertEquals(concatRows({ x: none, y: two }, { ...shape, yRows: 1 }), two);
  assertEquals(concatRows({ x: two, y: none }, { ...shape, xRows: 1 }), two);
});
