import { assertEquals } from "@std/assert";
import { addToRows } from "../../cpu/mod.ts";

Deno.test("addToRows() adds rows to their targets, and leaves zeros elsewhere", () => {
  const y = new Float32Array([1, 2, 10, 20, 100, 200]);
  const operands = { y, order: new Int32Array([0, 2, 1]), starts: new Int32Array([0, 2, 2, 3]) };
  const shape = { rows: 3, width: 2, scale: 1 };
  assertEquals([...addToRows(operands, shape)], [101, 202, 0, 0, 10, 20]);
  assertEquals([...addToRows(operands, { ...shape, scale: -2 })], [-202, -404, 0, 0, -20, -40]);
});
