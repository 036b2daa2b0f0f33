import { assertEquals, assertThrows } from "@std/assert";
import { textToTokens } from "../../tokenizer/text_to_tokens.ts";

Deno.test("textToTokens() searches for normalized added tokens after the others", () => {
  const flags = { single_word: false, lstrip: false, rstrip: false, special: false };
  const toTokens = textToTokens({
    addedTokens: [
      { id: 1, content: "bc", normalized: false, ...flags },
      { id: 2, content: "ab", normalized: true, ...flags },
    ],
    normalize: (text) => text,
    preTokenize: (text) => [text],
    model: (word) => [...word].map((token, i) => ({ token, id: 0, start: i, end: i + 1 })),
  });
  assertEquals(toTokens("abc ab"), [
    { token: "a", id: 0, start: 0, end: 1, word: 0 },
    { token: "bc", id: 1, start: 1, end: 3, word: 1 },
    { token: " ", id: 0, start: 3, end: 4, word: 2 },
    { token: "ab", id: 2, start: 4, end: 6, word: 3 },
  ]);
  assertEquals(toTokens(""), []);
});

Deno.test("textToTokens() refuses a tokenizer that makes too many tokens of a text", () => {
  const toTokens = (perWord: number) =>
    textToTokens({
      addedTokens: [],
      normalize: (text) => text,
      preTokenize: (text) => [text],
      model: () => new Array(perWord).fill({ token: "x", id: 0, start: 0, end: 1 }),
    });
  assertEquals(toTokens(54 * 5)("abcde").length, 54 * 5);
  assertThrows(() => toTokens(2000)("abcde"), RangeError, "Cannot tokenize a text of 5 letters");
});
