import { assertEquals, assertThrows } from "@std/assert";
import { JsonPart } from "../../../tokenizer/json_part.ts";
import { readModel as readUnigram } from "../../../tokenizer/token_models/unigram.ts";

const vocab = [["<unk>", 0], ["a", -2], ["b", -2], ["ab", -3], ["abc", -9], ["c", -5], ["😀", -4]];
const read = (settings: object = {}) =>
  readUnigram(new JsonPart({ vocab, unk_id: 0, ...settings }, "model of x"));
const tokenize = (word: string, settings?: object) =>
  read(settings).tokenize(word).map(({ id, start, end }) => [id, start, end]);

/** The best sum over all segmentations of a word of known characters, by brute force. */
function bestScore(word: string): number {
  if (word === "") return 0;
  return Math.max(
    ...vocab.map(([piece, score]) =>
      word.startsWith(piece as string)
        ? (score as number) + bestScore(word.slice((piece as string).length))
        : -Infinity
    ),
  );
}

Deno.test("readUnigram() finds the segmentation with the largest sum", () => {
  assertEquals(tokenize("abc"), [[3, 0, 2], [5, 2, 3]]);
  for (const word of ["aababcbca", "cabcab", "bbabcabca"]) {
    const score = tokenize(word).reduce((sum, [id]) => sum + (vocab[id][1] as number), 0);
    assertEquals(score, bestScore(word));
  }
});

Deno.test("readUnigram() takes of equal sums the one whose last piece starts earlier", () => {
  const tied = [["<unk>", 0], ["a", -1], ["b", -1], ["c", -1], ["ab", -2], ["bc", -2], ["abc", -3]];
  assertEquals(tokenize("abc", { vocab: tied }), [[6, 0, 3]]);
  assertEquals(tokenize("abc", { vocab: tied.slice(0, -1) }), [[1, 0, 1], [5, 1, 3]]);
  assertEquals(tokenize("bcab", { vocab: tied }), [[5, 0, 2], [4, 2, 4]]);
  // A known character that scores no more than an unknown one is still the later offer.
  const low = [["<unk>", -12], ["a", -2], ["ab", -14]];
  assertEquals(tokenize("ab", { vocab: low, unk_id: 0 }), [[2, 0, 2]]);
});

Deno.test("readUnigram() makes one token of a run of unknown characters", () => {
  assertEquals(tokenize("xya😀z"), [[0, 0, 2], [1, 2, 3], [6, 3, 5], [0, 5, 6]]);
  assertEquals(tokenize("x".repeat(50_000)), [[0, 0, 50_000]]);
  assertEquals(tokenize(""), []);
});

Deno.test("readUnigram() falls back to bytes if the vocabulary has all of them", () => {
  const bytes = [["<0xC3>", -9], ["<0xA9>", -9]];
  const settings = { vocab: [...vocab, ...bytes], byte_fallback: true };
  assertEquals(tokenize("aéb", settings), [[1, 0, 1], [7, 1, 2], [8, 1, 2], [2, 2, 3]]);
  assertEquals(tokenize("aèb", settings), [[1, 0, 1], [0, 1, 2], [2, 2, 3]]);
});

Deno.test("readUnigram() refuses malformed vocabularies", () => {
  assertThrows(() => read({ vocab: {} }), TypeError, "vocab");
  for (const entry of [["a"], ["a", null], ["", 1], "a", [1, 1]]) {
    assertThrows(() => read({ vocab: [entry] }), TypeError, "wanted [piece, score]");
  }
  assertThrows(() => read({ unk_id: 7 }), RangeError, "unk_id 7");
  assertThrows(() => read({ unk_id: "0" }), TypeError, "unk_id");
  assertThrows(() => tokenize("x", { unk_id: null }), RangeError, '"x"');
});
