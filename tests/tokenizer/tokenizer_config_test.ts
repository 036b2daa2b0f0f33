import { assertEquals, assertThrows } from "@std/assert";
import { readMaxLength, readSide, readTokenTypes } from "../../tokenizer/tokenizer_config.ts";

Deno.test("readMaxLength() reads a number; Infinity if it is absent", () => {
  assertEquals(readMaxLength({ model_max_length: 512 }), 512);
  assertEquals(readMaxLength({ model_max_length: 1e30 }), 1e30);
  assertEquals(readMaxLength({ model_max_length: null }), Infinity);
  assertEquals(readMaxLength({}), Infinity);
  assertThrows(() => readMaxLength({ model_max_length: "512" }), TypeError, "model_max_length");
  assertThrows(() => readMaxLength({ model_max_length: 0 }), RangeError, "model_max_length");
});

Deno.test("readSide() reads left or right; right if it is absent", () => {
  assertEquals(readSide({ padding_side: "left" }, "padding_side"), "left");
  assertEquals(readSide({ padding_side: "left" }, "truncation_side"), "right");
  assertThrows(() => readSide({ padding_side: "top" }, "padding_side"), RangeError, '"top"');
});

Deno.test("readTokenTypes() searches model_input_names; undefined if they are absent", () => {
  assertEquals(readTokenTypes({ model_input_names: ["input_ids", "token_type_ids"] }), true);
  assertEquals(readTokenTypes({ model_input_names: ["input_ids"] }), false);
  assertEquals(readTokenTypes({ model_input_names: "token_type_ids" }), undefined);
  assertEquals(readTokenTypes({}), undefined);
});
