import { assert, assertEquals } from "@std/assert";
import { hideWords } from "../../../web/document/hide_words.ts";

/** Tokens of a text, split at spaces and inside words, with ranges as byte-level tokenizers give. */
function read(text: string, pattern: RegExp) {
  const ranges = [...text.matchAll(pattern)].map(({ index, 0: part }) =>
    [index, index + part.length] as const
  );
  return { ids: ranges.map((_, i) => i), ranges, end: text.length };
}

Deno.test("hideWords() chooses whole small words, some distance apart, the same by the same seed", () => {
  const text = "the Morlands were in general very plain for many years of her unpromising life "
    .repeat(9);
  for (const pattern of [/ ?\S{1,7}/g, /\S{1,7}/g]) {
    const tokens = read(text, pattern);
    const chosen = hideWords(text, tokens, 6, 1);
    assertEquals(chosen.length, 6);
    assertEquals(hideWords(text, tokens, 6, 1), chosen);
    chosen.forEach((at, i) => {
      const [start, end] = tokens.ranges[at];
      assert(/^ ?\p{Ll}{3,}$/u.test(text.slice(start, end)));
      assertEquals(text[end], " ");
      assert(text.slice(start, end).startsWith(" ") || start === 0 || text[start - 1] === " ");
      if (i > 0) assert(at - chosen[i - 1] >= 8);
    });
  }
});

Deno.test("hideWords() takes fewer where there are fewer", () => {
  const text = "Ann saw 3 of a kind";
  const tokens = read(text, / ?\S+/g);
  assertEquals(hideWords(text, tokens, 9, 0).length, 1);
  assertEquals(hideWords("A B", read("A B", / ?\S+/g), 9, 0), []);
});
