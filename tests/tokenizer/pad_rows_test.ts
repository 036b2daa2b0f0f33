import { assertEquals, assertThrows } from "@std/assert";
import { padRows } from "../../tokenizer/pad_rows.ts";
import type { Row } from "../../tokenizer/template.ts";

const row: Row = {
  input_ids: [7, 8],
  attention_mask: [1, 1],
  token_type_ids: [0, 1],
  special_tokens_mask: [0, 0],
  offset_mapping: [[0, 1], [1, 2]],
  word_ids: [0, 0],
};

const RIGHT = { id: 9, side: "right" } as const;
const settings = (maxLength: number, multiple = 1) =>
  ({ padding: "max_length", maxLength, multiple }) as const;

Deno.test("padRows() fills every part of a row, on the side that it is told", () => {
  assertEquals(padRows([row], settings(3), RIGHT), [{
    input_ids: [7, 8, 9],
    attention_mask: [1, 1, 0],
    token_type_ids: [0, 1, 0],
    special_tokens_mask: [0, 0, 1],
    offset_mapping: [[0, 1], [1, 2], [0, 0]],
    word_ids: [0, 0, null],
  }]);
  const [left] = padRows([row], settings(4), { id: 9, side: "left" });
  assertEquals(left.input_ids, [9, 9, 7, 8]);
});

Deno.test("padRows() fills up to the longest row, or to a multiple", () => {
  const longer = { ...row, input_ids: [1, 2, 3] };
  const longest = padRows([row, longer], { ...settings(9), padding: true }, RIGHT);
  assertEquals(longest.map(({ input_ids }) => input_ids), [[7, 8, 9], [1, 2, 3]]);
  assertEquals(padRows([row], settings(3, 4), RIGHT)[0].input_ids, [7, 8, 9, 9]);
});

Deno.test("padRows() leaves longer rows as they are, and all where none are to be padded", () => {
  assertEquals(padRows([row], settings(1), RIGHT), [row]);
  const unpadded = padRows([row], { ...settings(9), padding: false }, { ...RIGHT, id: undefined });
  assertEquals(unpadded, [row]);
});

Deno.test("padRows() needs a padding token", () => {
  assertThrows(
    () => padRows([row], settings(3), { ...RIGHT, id: undefined }),
    RangeError,
    "no pad_token",
  );
});
