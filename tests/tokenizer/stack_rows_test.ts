import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Tensor } from "../../tensor/tensor.ts";
import { stackRows } from "../../tokenizer/stack_rows.ts";
import { smallRow } from "./small_rows.ts";

Deno.test("stackRows() makes tensors [rows, tokens] of type int32", () => {
  assertEquals(stackRows([smallRow(7, 8), smallRow(9, 1)]), {
    input_ids: new Tensor("int32", Int32Array.of(7, 8, 9, 1), [2, 2]),
    attention_mask: new Tensor("int32", Int32Array.of(1, 1, 1, 1), [2, 2]),
    token_type_ids: new Tensor("int32", new Int32Array(4), [2, 2]),
  });
});

Deno.test("stackRows() does not copy a single row, and has no types if the row has none", () => {
  const { typeIds: _, ...row } = smallRow(7, 8);
  const { input_ids, token_type_ids } = stackRows([row]);
  assertStrictEquals(input_ids.data, row.ids);
  assertEquals([input_ids.dims, token_type_ids], [[1, 2], undefined]);
});

Deno.test("stackRows() refuses rows of different lengths", () => {
  assertThrows(() => stackRows([smallRow(1), smallRow(1, 2)]), RangeError, "1 and 2 tokens");
});
