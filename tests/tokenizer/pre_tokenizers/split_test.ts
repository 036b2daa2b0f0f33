import { assertEquals } from "@std/assert";
import { AlignedText } from "../../../tokenizer/aligned_text.ts";
import { splitAligned, type SplitBehavior } from "../../../tokenizer/pre_tokenizers/split.ts";
import { spellRanges } from "../spell_ranges.ts";

const texts = (text: string, behavior: SplitBehavior, invert = false) =>
  splitAligned(new AlignedText(text), /-/g, behavior, invert).map((piece) => piece.text);

Deno.test("splitAligned() treats delimiters as each behavior says", () => {
  const text = "the-final--countdown-";
  assertEquals(texts(text, "Removed"), ["the", "final", "countdown"]);
  assertEquals(texts(text, "Isolated"), ["the", "-", "final", "-", "-", "countdown", "-"]);
  assertEquals(texts(text, "MergedWithPrevious"), ["the-", "final-", "-", "countdown-"]);
  assertEquals(texts(text, "MergedWithNext"), ["the", "-final", "-", "-countdown", "-"]);
  assertEquals(texts(text, "Contiguous"), ["the", "-", "final", "--", "countdown", "-"]);
});

Deno.test("splitAligned() with invert keeps the matches", () => {
  assertEquals(texts("a-b--", "Removed", true), ["-", "-", "-"]);
  assertEquals(texts("", "Isolated"), []);
});

Deno.test("splitAligned() keeps the ranges in the original text", () => {
  const [, second] = splitAligned(new AlignedText("😀-b"), /-/g, "Removed");
  assertEquals(spellRanges(second), { text: "b", starts: [3], ends: [4] });
});
