import { assertEquals } from "@std/assert";
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

Deno.test("padRows() fills every part of a row, on the side that it is told", () => {
  assertEquals(padRows([row], 3, { id: 9, side: "right" }), [{
    input_ids: [7, 8, 9],
    attention_mask: [1, 1, 0],
    token_type_ids: [0, 1, 0],
    special_tokens_mask: [0, 0, 1],
    offset_mapping: [[0, 1], [1, 2], [0, 0]],
    word_ids: [0, 0, null],
  }]);
  assertEquals(padRows([row], 4, { id: 9, side: "left" })[0].input_ids, [9, 9, 7, 8]);
});

Deno.test("padRows() leaves longer rows as they are", () => {
  assertEquals(padRows([row], 1, { id: 9, side: "right" }), [row]);
});
