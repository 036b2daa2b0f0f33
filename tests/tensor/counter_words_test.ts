import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { mixWord, subkey, WORD_STEP, wordAt } from "../../tensor/counter_words.ts";

/** splitmix32, as it is published: a state that grows, and what is mixed of it. */
function splitmix32(seed: number, count: number): number[] {
  const mask = 0xffffffffn;
  let state = BigInt(seed);
  return Array.from({ length: count }, () => {
    state = (state + 0x9e3779b9n) & mask;
    let word = state;
    word = ((word ^ (word >> 16n)) * 0x85ebca6bn) & mask;
    word = ((word ^ (word >> 13n)) * 0xc2b2ae35n) & mask;
    return Number(word ^ (word >> 16n));
  });
}

Deno.test("word i is output i of splitmix32", () => {
  for (const key of [0, 1, 7, 0x80000000, 0xffffffff]) {
    assertEquals(Array.from({ length: 50 }, (_, i) => wordAt(key, i)), splitmix32(key, 50));
  }
});

Deno.test("subkeys are mixed of the key and the number", () => {
  assertEquals(subkey(5, 0), mixWord(5));
  assertEquals(subkey(5, 1), mixWord((5 + WORD_STEP) >>> 0));
  assertNotEquals(subkey(5, 1), subkey(6, 1));
  assertEquals(new Set(Array.from({ length: 200_000 }, (_, i) => subkey(3, i))).size, 200_000);
});

Deno.test("the words of neighbouring keys and numbers are not correlated", () => {
  const count = 100_000;
  const shares = (words: (i: number) => number) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += words(i) < 2 ** 31 ? 1 : -1;
    return sum / count;
  };
  const sign = (word: number) => word < 2 ** 31 ? 0 : 2 ** 31;
  const key = subkey(subkey(1, 1), 1), next = subkey(subkey(1, 1), 2);
  // Five standard deviations of the mean of so many signs.
  const most = 5 / Math.sqrt(count);
  assert(Math.abs(shares((i) => wordAt(key, i))) < most);
  const other = (i: number, word: number) => sign(wordAt(key, i)) ^ word;
  assert(Math.abs(shares((i) => other(i, wordAt(next, i)) >>> 0)) < most);
  assert(Math.abs(shares((i) => other(i, wordAt(key, i + 1)) >>> 0)) < most);
});
