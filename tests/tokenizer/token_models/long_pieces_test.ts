import { assert, assertEquals, assertThrows } from "@std/assert";
import { Random } from "../../../tensor/random.ts";
import { JsonPart } from "../../../tokenizer/json_part.ts";
import { LongPieces } from "../../../tokenizer/token_models/long_pieces.ts";
import { readModel as readUnigram } from "../../../tokenizer/token_models/unigram.ts";
import { readModel as readWordPiece } from "../../../tokenizer/token_models/word_piece.ts";

const a = (count: number) => "a".repeat(count);

/** The lengths that end at each index, by trying all pieces. */
const expected = (pieces: string[], text: string) =>
  Array.from(
    text,
    (_, i) =>
      pieces.filter((piece) => piece.length > 32 && text.slice(0, i + 1).endsWith(piece))
        .map((piece) => piece.length).sort((x, y) => y - x),
  );

Deno.test("LongPieces finds all pieces that end at an index, the longest first", () => {
  const random = new Random(7);
  const letters = (count: number) =>
    Array.from({ length: count }, () => "ab"[Math.floor(random.uniform() * 1.15) % 2]).join("");
  for (let round = 0; round < 20; round++) {
    const text = letters(300);
    const pieces = [
      ...new Set([
        ...Array.from({ length: 12 }, (_, i) => text.slice(11 * i, 11 * i + 30 + 3 * i)),
        a(33),
        a(35),
        a(40) + "b",
        "b" + a(33),
        letters(50),
        "short",
      ]),
    ];
    const scan = new LongPieces(pieces.map((piece, id) => [piece, id])).scan(text);
    const found = Array.from(text, (_, i) => {
      const lengths: number[] = [];
      scan(i + 1, (length, id) => {
        assertEquals(pieces[id].length, length);
        lengths.push(length);
      });
      return lengths;
    });
    assertEquals(found, expected(pieces, text));
  }
});

Deno.test("LongPieces skips short pieces and refuses too many letters", () => {
  assert(new LongPieces([[a(32), 0], ["b", 1]]).isEmpty);
  const many = Array.from({ length: 300 }, (_, i) => [`${i} ${"x".repeat(4000)}`, i] as const);
  assertThrows(() => new LongPieces(many), RangeError, "1048576");
});

Deno.test("Unigram and WordPiece use pieces of any length, in linear time", () => {
  const vocab = [["<unk>", -20], ["a", -1], ["b", -1], [a(3000), -2], [a(40) + "b", -1.5]];
  const unigram = readUnigram(new JsonPart({ vocab, unk_id: 0 }, "model of x"));
  const ids = (word: string) => unigram.tokenize(word).map(({ id }) => id);
  assertEquals(ids(a(6001)), [1, 3, 3]);
  assertEquals(ids(a(41) + "b"), [1, 4]);
  assertEquals(ids(a(20_000)).length, 2006);
  const words = {
    "[UNK]": 0,
    a: 1,
    "##a": 2,
    "##b": 3,
    [`##${a(33)}`]: 4,
    [a(34)]: 5,
    [`##${a(3000)}b`]: 6,
  };
  const settings = { vocab: words, max_input_chars_per_word: 1e6 };
  const wordPiece = readWordPiece(new JsonPart(settings, "model of x"));
  const found = (word: string) => wordPiece.tokenize(word).map(({ id }) => id);
  assertEquals(found(a(34) + a(33) + a(3) + "b"), [5, 4, 2, 2, 2, 3]);
  assertEquals(found(a(33)), [1, ...new Array(32).fill(2)]);
  assertEquals(found("a" + a(3000) + "b").at(-1), 3);
  assertEquals(found(a(34) + a(3000) + "b"), [5, 6]);
  assertEquals(found(a(20_000)).length, 1 + Math.floor(19_966 / 33) + 19_966 % 33);
});
