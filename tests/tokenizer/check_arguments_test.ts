import { assertEquals, assertThrows } from "@std/assert";
import { Tensor } from "../../tensor/tensor.ts";
import { checkIds, checkPairs, checkTexts } from "../../tokenizer/check_arguments.ts";

Deno.test("checkTexts() makes a list of texts and names an invalid one", () => {
  assertEquals(checkTexts("a", "text"), ["a"]);
  assertEquals(checkTexts(["a", "😀"], "text"), ["a", "😀"]);
  assertThrows(
    () => checkTexts(["a", null], "text"),
    TypeError,
    "text[1], null: wanted a string",
  );
  // deno-lint-ignore no-sparse-arrays
  assertThrows(() => checkTexts(["a", , "b"], "text"), TypeError, "text[1], undefined");
  assertThrows(() => checkTexts("\uD800", "text"), RangeError, "toWellFormed");
});

Deno.test("checkPairs() requires pairs of the same form as the texts", () => {
  assertEquals(checkPairs("a", null), undefined);
  assertEquals(checkPairs("a", ""), [""]);
  assertEquals(checkPairs(["a", "b"], ["c", "d"]), ["c", "d"]);
  assertThrows(() => checkPairs(["a"], "b"), TypeError, "both");
  assertThrows(() => checkPairs(["a"], ["b", "c"]), RangeError, "the 1 texts, got 2");
});

Deno.test("checkIds() accepts lists and tensors of whole numbers", () => {
  assertEquals(checkIds([1, 2n]), [1, 2]);
  assertEquals(checkIds(new Tensor("int64", BigInt64Array.of(3n), [1])), [3]);
  const matrix = new Tensor("int32", Int32Array.of(3), [1, 1]);
  assertThrows(() => checkIds(matrix), TypeError, "wanted whole numbers");
  const batch = new Tensor("int64", BigInt64Array.of(3n, 4n), [2, 1]);
  assertThrows(() => checkIds(batch), TypeError, "batch_decode");
  for (const ids of [[1.5], ["1"], [null], [Symbol("x")], [[1n]], [{ id: 1n }], [NaN]]) {
    assertThrows(() => checkIds(ids as number[]), TypeError, "Cannot decode ids with");
  }
  for (const ids of [5, 5n, null, undefined, Symbol("x"), { toString: 1 }]) {
    assertThrows(() => checkIds(ids as unknown as number[]), TypeError, "wanted a list of ids");
  }
});
