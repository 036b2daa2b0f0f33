import { assertEquals, assertThrows } from "@std/assert";
import { OnlySentences } from "../../demo/only_sentences.ts";

const END = 2;
const SENTENCES = [[5, 6], [5, 7, 8], [9], [5, 7, 8]];

/** Ids that are possible behind each row. */
function allowed(count: number, ...rows: number[][]): number[][] {
  const { processor } = new OnlySentences(SENTENCES, count, END);
  const data = Float32Array.from({ length: rows.length * 12 }, (_, i) => i);
  processor(rows.map((ids) => [2, ...ids].map(BigInt)), { data, dims: [rows.length, 12] });
  return rows.map((_, row) => {
    const scores = [...data.subarray(row * 12, row * 12 + 12)];
    const ids = [...scores.keys()].filter((id) => scores[id] > -Infinity);
    ids.forEach((id) => assertEquals(scores[id], row * 12 + id));
    return ids;
  });
}

Deno.test("OnlySentences allows each sentence once, then the end", () => {
  assertEquals(
    allowed(2, [], [5], [5, 6], [5, 7], [5, 7, 8], [9], [9, 5, 7, 8]),
    [[5, 9], [6, 7], [5, 9], [8], [5, 9], [5], [END]],
  );
  assertEquals(allowed(4, [9], [9, 5, 6], [9, 5, 7, 8, 5, 7, 8, 5]), [[5], [5], [6]]);
});

Deno.test("OnlySentences.written() finds the sentences of a row", () => {
  const sentences = new OnlySentences(SENTENCES, 2, END);
  assertEquals(sentences.written([2, 5, 7, 8, 5, 7, 8, END]), [1, 3]);
  assertEquals(sentences.written([2, 5, 6, 9, END]), [0, 2]);
  assertEquals(sentences.written([2, 5]), []);
});

Deno.test("OnlySentences rejects too few sentences and empty ones", () => {
  assertThrows(() => new OnlySentences(SENTENCES, 5, END), RangeError, "5 sentences of 4");
  assertThrows(() => new OnlySentences([[]], 1, END), RangeError, "none empty");
});
