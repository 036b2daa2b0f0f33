import { assertEquals, assertThrows } from "@std/assert";
import {
  type AddedToken,
  addedTokenSplitter,
  readAddedTokens,
} from "../../tokenizer/added_tokens.ts";

function token(content: string, flags: Partial<AddedToken> = {}): AddedToken {
  const off = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  return { id: 0, content, special: false, ...off, ...flags };
}

/** The parts of a text as strings, added tokens in brackets. */
function split(text: string, ...tokens: AddedToken[]): string[] {
  return addedTokenSplitter(tokens)(text).map(({ start, end, token }) => {
    const part = text.slice(start, end);
    return token ? `[${part}]` : part;
  });
}

Deno.test("addedTokenSplitter() without tokens gives the whole text, and no part of an empty one", () => {
  assertEquals(split("a b"), ["a b"]);
  assertEquals(split(""), []);
  assertEquals(split("", token("x")), []);
  assertEquals(split("a", token("")), ["a"]);
});

Deno.test("addedTokenSplitter() finds the longest of the tokens that start at an index", () => {
  assertEquals(split("xaab", token("a"), token("aa"), token("ab")), ["x", "[aa]", "b"]);
});

Deno.test("addedTokenSplitter() matches contents literally", () => {
  for (const content of ["a.b*", "<|x-y|>", "[a-z]+", "(?:)", "\\d/", "^$", "{1}", "é😀"]) {
    assertEquals(split(`1${content}2`, token(content)), ["1", `[${content}]`, "2"]);
  }
});

Deno.test("addedTokenSplitter() strips Unicode's white space, not JavaScript's", () => {
  assertEquals(split("a \u0085x", token("x", { lstrip: true })), ["a", "[ \u0085x]"]);
  assertEquals(split("a \uFEFFx", token("x", { lstrip: true })), ["a \uFEFF", "[x]"]);
  assertEquals(split("x\u3000\n b", token("x", { rstrip: true })), ["[x\u3000\n ]", "b"]);
});

Deno.test("addedTokenSplitter() includes white space between two tokens in the first that strips", () => {
  const both = { lstrip: true, rstrip: true };
  assertEquals(split("x  y", token("x", both), token("y", both)), ["[x  ]", "[y]"]);
});

Deno.test("addedTokenSplitter() finds no white space that the token before includes", () => {
  // As the tokenizers package, 0.15 and 0.23.
  const both = token("\n", { lstrip: true, rstrip: true });
  assertEquals(split("a\n\n \nb", both), ["a", "[\n\n \n]", "b"]);
});

Deno.test("addedTokenSplitter() finds single words only without word characters around", () => {
  const word = token("x", { single_word: true });
  assertEquals(split("x ax xa x_ 𐌰x x𐌰 x.", word), ["[x]", " ax xa x_ 𐌰x x𐌰 ", "[x]", "."]);
});

Deno.test("readAddedTokens() fills in flags; special tokens are not normalized", () => {
  const [mask, word] = readAddedTokens([
    { id: 4, content: "<mask>", special: true, lstrip: true },
    { id: 5, content: "word", single_word: true, rstrip: null },
  ], "x");
  assertEquals(mask, { ...token("<mask>", { special: true, lstrip: true }), id: 4 });
  assertEquals(word, { ...token("word", { single_word: true, normalized: true }), id: 5 });
  assertEquals(readAddedTokens(null, "x"), []);
});

Deno.test("readAddedTokens() refuses malformed tokens", () => {
  const right = { id: 4, content: "a" };
  for (
    const wrong of [
      {},
      [5],
      [{ id: 4 }],
      [{ ...right, content: "\uD83D" }],
      [{ ...right, special: "yes" }],
      [{ ...right, lstrip: 1 }],
    ]
  ) {
    assertThrows(() => readAddedTokens(wrong, "some.json"), TypeError, "some.json");
  }
  assertThrows(() => readAddedTokens([{ ...right, id: 4e9 }], "x"), RangeError, "4000000000");
});
