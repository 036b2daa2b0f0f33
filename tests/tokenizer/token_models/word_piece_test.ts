import { assertEquals, assertThrows } from "@std/assert";
import { JsonPart } from "../../../tokenizer/json_part.ts";
import { readModel as readWordPiece } from "../../../tokenizer/token_models/word_piece.ts";

const vocab = { "[UNK]": 0, "a": 1, "ab": 2, "##c": 3, "##cd": 4, "😀": 5, "##😀": 6 };
const read = (settings: object = {}) =>
  readWordPiece(new JsonPart({ vocab, ...settings }, "model of x"));
const tokenize = (word: string, settings?: object) =>
  read(settings).tokenize(word).map(({ id, start, end }) => [id, start, end]);

Deno.test("readWordPiece() repeatedly takes the longest token", () => {
  assertEquals(tokenize("abcdc"), [[2, 0, 2], [4, 2, 4], [3, 4, 5]]);
  assertEquals(tokenize("😀😀c"), [[5, 0, 2], [6, 2, 4], [3, 4, 5]]);
});

Deno.test("readWordPiece() makes a word with an unknown part unknown as a whole", () => {
  assertEquals(tokenize("abx"), [[0, 0, 3]]);
  assertEquals(tokenize("x"), [[0, 0, 1]]);
});

Deno.test("readWordPiece() counts characters, not code units, of long words", () => {
  assertEquals(tokenize("a" + "c".repeat(99)).length, 100);
  assertEquals(tokenize("a" + "c".repeat(100)), [[0, 0, 101]]);
  assertEquals(tokenize("😀".repeat(100)).length, 100);
  assertEquals(tokenize("acc", { max_input_chars_per_word: 2 }), [[0, 0, 3]]);
});

Deno.test("readWordPiece() refuses malformed vocabularies", () => {
  assertThrows(() => read({ vocab: [] }), TypeError, "vocab");
  assertThrows(() => read({ vocab: { a: 0 } }), TypeError, "[UNK]");
  assertThrows(() => read({ vocab: { "[UNK]": -1 } }), RangeError, "-1");
});
