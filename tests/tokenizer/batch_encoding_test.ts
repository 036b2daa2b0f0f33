import { assertEquals, assertThrows } from "@std/assert";
import { Tensor } from "../../tensor/tensor.ts";
import { batchEncoding } from "../../tokenizer/batch_encoding.ts";
import { smallRow } from "./small_rows.ts";

Deno.test("batchEncoding() returns the parts that were asked for and no others", () => {
  const all = {
    return_offsets_mapping: true,
    return_special_tokens_mask: true,
    return_overflowing_tokens: true,
  };
  const { typeIds: _, ...untyped } = smallRow(1);
  assertEquals(Object.keys(batchEncoding([untyped], {}, true)), ["input_ids", "attention_mask"]);
  assertEquals(Object.keys(batchEncoding([smallRow(1)], all, true)), [
    "input_ids",
    "attention_mask",
    "token_type_ids",
    "special_tokens_mask",
    "offset_mapping",
    "overflow_to_sample_mapping",
  ]);
});

Deno.test("batchEncoding() makes tensors of type int64, exact for the largest id", () => {
  const { input_ids } = batchEncoding([smallRow(1, 2), smallRow(2 ** 24, 0)], {}, false);
  assertEquals(input_ids, new Tensor("int64", BigInt64Array.of(1n, 2n, 16_777_216n, 0n), [2, 2]));
});

Deno.test("batchEncoding() converts offsets to pairs and missing words to null", () => {
  const row = { ...smallRow(7, 8), words: Int32Array.of(0, -1) };
  const options = { return_tensor: false, return_offsets_mapping: true, return_word_ids: true };
  const { offset_mapping, word_ids } = batchEncoding([row], options, true);
  assertEquals([offset_mapping, word_ids], [[[0, 1], [1, 2]], [0, null]]);
});

Deno.test("batchEncoding() refuses tensors of rows of different lengths", () => {
  const rows = [smallRow(1), smallRow(1, 2)];
  assertThrows(() => batchEncoding(rows, {}, false), RangeError, "1 and 2 tokens");
  const arrays = batchEncoding(rows, { return_tensor: false }, false);
  assertEquals(arrays.input_ids, [[1], [1, 2]]);
});
