import { assertEquals, assertStrictEquals } from "@std/assert";
import { paddedLength, padRows } from "../../tokenizer/pad_rows.ts";
import { smallRow } from "./small_rows.ts";

const row = { ...smallRow(7, 8), typeIds: Int32Array.of(0, 1) };
const RIGHT = { id: 9, side: "right" } as const;

Deno.test("padRows() pads every part of a row, on the given side", () => {
  assertEquals(padRows([row], 3, RIGHT), [{
    sample: 0,
    ids: Int32Array.of(7, 8, 9),
    mask: Int32Array.of(1, 1, 0),
    typeIds: Int32Array.of(0, 1, 0),
    special: Int32Array.of(0, 0, 1),
    starts: Int32Array.of(0, 1, 0),
    ends: Int32Array.of(1, 2, 0),
    words: Int32Array.of(0, 1, -1),
  }]);
  const [left] = padRows([row], 4, { id: 9, side: "left" });
  assertEquals([...left.ids], [9, 9, 7, 8]);
  const { typeIds: _, ...untyped } = row;
  assertEquals(Object.hasOwn(padRows([untyped], 3, RIGHT)[0], "typeIds"), false);
});

Deno.test("padRows() leaves rows of the length and longer ones as they are", () => {
  assertStrictEquals(padRows([row], 2, RIGHT)[0], row);
  assertStrictEquals(padRows([row], 1, RIGHT)[0], row);
});

Deno.test("paddedLength() is the longest row's or max_length, rounded up to a multiple", () => {
  const rows = [row, smallRow(1, 2, 3)];
  const settings = { padding: true, maxLength: 9, multiple: 1 } as const;
  assertEquals(paddedLength(rows, settings), 3);
  assertEquals(paddedLength(rows, { ...settings, multiple: 4 }), 4);
  assertEquals(paddedLength(rows, { ...settings, padding: "max_length" }), 9);
  assertEquals(paddedLength(rows, { ...settings, padding: "max_length", multiple: 4 }), 12);
  assertEquals(paddedLength(rows, { ...settings, padding: false }), 0);
});
