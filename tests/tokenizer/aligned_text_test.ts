import { assertEquals } from "@std/assert";
import { AlignedText } from "../../tokenizer/aligned_text.ts";
import { mapCharacters } from "../../tokenizer/rewrite_aligned.ts";
import { spellRanges } from "./spell_ranges.ts";

Deno.test("AlignedText gives both halves of a surrogate pair the whole character", () => {
  assertEquals(spellRanges(new AlignedText("a😀b")), {
    text: "a😀b",
    starts: [0, 1, 1, 3],
    ends: [1, 3, 3, 4],
  });
  assertEquals(spellRanges(new AlignedText("")), { text: "", starts: [], ends: [] });
});

Deno.test("AlignedText takes halves without a partner for characters", () => {
  assertEquals(spellRanges(new AlignedText("\ud83d\ud83d\ude00\ude00x")), {
    text: "\ud83d\ud83d\ude00\ude00x",
    starts: [0, 1, 1, 3, 4],
    ends: [1, 3, 3, 4, 5],
  });
});

Deno.test("slice() keeps the ranges in the original text", () => {
  const wanted = { text: "😀b", starts: [1, 1, 3], ends: [3, 3, 4] };
  assertEquals(spellRanges(new AlignedText("a😀b").slice(1, 4)), wanted);
  // Also of a text whose length was changed, and of a part of a part.
  const longer = mapCharacters(new AlignedText("a😀bc"), (c) => c === "a" ? "xyz" : c);
  assertEquals(spellRanges(longer.slice(2, 6).slice(1, 4)), wanted);
});
