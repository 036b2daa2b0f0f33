import { assertEquals } from "@std/assert";
import { longformerRows } from "../../../attention/longformer/longformer_masks.ts";

const rowsOf = (mask: number[], globalMask: number[], batch: number) => {
  const rows = longformerRows(new Int32Array(mask), new Int32Array(globalMask), batch);
  return {
    local: [...rows.local],
    globalRows: [...rows.globalRows],
    globalMask: [...rows.globalMask],
    globals: rows.globals,
  };
};

Deno.test("longformerRows() lists globals in order and fills shorter lists up", () => {
  const mask = [1, 1, 1, 1, 1, 1, 1, 1];
  assertEquals(rowsOf(mask, [1, 0, 0, 1, 0, 0, 1, 0], 2), {
    local: [0, 1, 1, 0, 1, 1, 0, 1],
    globalRows: [0, 3, 2, -1],
    globalMask: [1, 1, 1, 0],
    globals: 2,
  });
});

Deno.test("longformerRows() has masked tokens neither local nor global", () => {
  assertEquals(rowsOf([0, 1, 0], [1, 1, 0], 1), {
    local: [0, 0, 0],
    globalRows: [1],
    globalMask: [1],
    globals: 1,
  });
});

Deno.test("longformerRows() without globals has no rows", () => {
  assertEquals(rowsOf([1, 0, 1, 1], [0, 0, 0, 0], 2), {
    local: [1, 0, 1, 1],
    globalRows: [],
    globalMask: [],
    globals: 0,
  });
});

Deno.test("longformerRows() takes every token as global", () => {
  const { local, globalRows } = rowsOf([1, 1], [1, 1], 1);
  assertEquals([local, globalRows], [[0, 0], [0, 1]]);
});
