import { assertEquals, assertThrows } from "@std/assert";
import { JsonPart } from "../../../tokenizer/json_part.ts";
import { readWordPiece } from "../../../tokenizer/token_models/word_piece.ts";

const vocab = { "[UNK]": 0, "a": 1, "ab": 2, "##c": 3, "##cd": 4, "😀": 5, "##😀": 6 };
const read = (settings: object = {}) =>
  readWordPiece(new JsonPart({ vocab, ...settings }, "model of x"));
const cut = (word: string, settings?: object) =>
  read(settings).tokenize(word).map(({ id, start, end }) => [id, start, end]);

Deno.test("readWordPiece() takes the longest token again and again", () => {
  assertEquals(cut("abcdc"), [[2, 0, 2], [4, 2, 4], [3, 4, 5]]);
  assertEquals(cut("😀😀c"), [[5, 0, 2], [6, 2, 4], [3, 4, 5]]);
});

Deno.test("readWordPiece() knows a word whole or not at all", () => {
  assertEquals(cut("abx"), [[0, 0, 3]]);
  assertEquals(cut("x"), [[0, 0, 1]]);
});

Deno.test("readWordPiece() counts characters, not code units, of long words", () => {
  assertEquals(cut("a" + "c".repeat(99)).length, 100);
  assertEquals(cut("a" + "c".repeat(100)), [[0, 0, 101]]);
  assertEquals(cut("😀".repeat(100)).length, 100);
  assertEquals(cut("acc", { max_input_chars_per_word: 2 }), [[0, 0, 3]]);
});

Deno.test("readWordPiece() refuses vocabularies that are none", () => {
  assertThrows(() => read({ vocab: [] }), TypeError, "vocab");
  assertThrows(() => read({ vocab: { a: 0 } }), TypeError, "[UNK]");
  assertThrows(() => read({ vocab: { "[UNK]": 0, a: 0 } }), RangeError, "two tokens of id 0");
  assertThrows(() => read({ vocab: { "[UNK]": -1 } }), RangeError, "-1");
});
