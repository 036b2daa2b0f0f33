import { assertEquals, assertThrows } from "@std/assert";
import { batchEncoding } from "../../tokenizer/batch_encoding.ts";
import type { Row } from "../../tokenizer/template.ts";

const row = (...ids: number[]): Row => ({
  input_ids: ids,
  attention_mask: ids.map(() => 1),
  token_type_ids: ids.map(() => 0),
  special_tokens_mask: ids.map(() => 0),
  offset_mapping: ids.map((id) => [id, id + 1]),
  word_ids: ids,
});

Deno.test("batchEncoding() gives what was asked for and no more", () => {
  const all = {
    return_offsets_mapping: true,
    return_special_tokens_mask: true,
    return_overflowing_tokens: true,
  };
  assertEquals(Object.keys(batchEncoding([row(1)], [0], {}, false, true)), [
    "input_ids",
    "attention_mask",
  ]);
  assertEquals(Object.keys(batchEncoding([row(1)], [0], all, true, true)), [
    "input_ids",
    "attention_mask",
    "token_type_ids",
    "special_tokens_mask",
    "offset_mapping",
    "overflow_to_sample_mapping",
  ]);
});

Deno.test("batchEncoding() makes no tensor of rows of different lengths", () => {
  const rows = [row(1), row(1, 2)];
  assertThrows(() => batchEncoding(rows, [0, 1], {}, false, false), RangeError, "1 and 2 tokens");
  const arrays = batchEncoding(rows, [0, 1], { return_tensor: false }, false, false);
  assertEquals(arrays.input_ids, [[1], [1, 2]]);
});
