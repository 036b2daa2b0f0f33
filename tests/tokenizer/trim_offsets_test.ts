import { assertEquals } from "@std/assert";
import { trimOffsets } from "../../tokenizer/trim_offsets.ts";

/** The trimmed offsets of one token. */
function trim(token: string, text: string, start: number, end: number, addPrefixSpace = false) {
  const [trimmed] = trimOffsets([{ token, id: 0, start, end }], text, addPrefixSpace);
  return [trimmed.start, trimmed.end];
}

Deno.test("trimOffsets() removes spaces at both ends", () => {
  assertEquals(trim("Ġab", "x ab", 1, 4), [2, 4]);
  assertEquals(trim("abĠĠ", "ab  ", 0, 4), [0, 2]);
  assertEquals(trim(" <mask>", "a <mask>", 1, 8), [2, 8]);
  assertEquals(trim("ab", " ab ", 1, 3), [1, 3]);
});

Deno.test("trimOffsets() makes a token of spaces empty, at its end", () => {
  assertEquals(trim("ĠĠ", "a  b", 1, 3), [3, 3]);
});

Deno.test("trimOffsets() keeps the single space that may have been added", () => {
  assertEquals(trim("Ġab", "ab", 0, 2, true), [0, 2]);
  assertEquals(trim("ĠĠab", "  ab", 0, 4, true), [2, 4]);
});

Deno.test("trimOffsets() counts a surrogate pair as one character", () => {
  assertEquals(trim("Ġ", "😀", 0, 2), [2, 2]);
  assertEquals(trim("Ġ", "😀", 0, 2, true), [0, 0]);
});
