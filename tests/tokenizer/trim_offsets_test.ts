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

Deno.test("trimOffsets() assumes an added space only if the tokenizer adds one", () => {
  assertEquals(trim("Ġab", " ab", 0, 3, false), [1, 3]);
  assertEquals(trim("Ġab", " ab", 0, 3, true), [0, 3]);
  assertEquals(trim("Ġ", " ", 0, 1, false), [1, 1]);
});

Deno.test("trimOffsets() keeps the space of a window's first token and of one at the text's start", () => {
  const token = (token: string, start: number, end: number) => ({ token, id: 0, start, end });
  const tokens = [token("Ġx", 3, 5), token("Ġab", 0, 3), token("Ġab", 5, 8)];
  const starts = (added: boolean) =>
    trimOffsets(tokens, " ab x ab", added).map(({ start }) => start);
  assertEquals(starts(true), [3, 0, 6]);
  assertEquals(starts(false), [4, 1, 6]);
});
