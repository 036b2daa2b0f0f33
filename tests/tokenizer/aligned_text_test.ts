import { assertEquals } from "@std/assert";
import {
  alignText,
  mapCharacters,
  prependAligned,
  sliceAligned,
} from "../../tokenizer/aligned_text.ts";

Deno.test("alignText() gives both halves of a surrogate pair the whole character", () => {
  assertEquals(alignText("a😀b"), {
    text: "a😀b",
    starts: [0, 1, 1, 3],
    ends: [1, 3, 3, 4],
  });
  assertEquals(alignText(""), { text: "", starts: [], ends: [] });
});

Deno.test("sliceAligned() keeps the ranges in the original text", () => {
  assertEquals(sliceAligned(alignText("a😀b"), 1, 4), {
    text: "😀b",
    starts: [1, 1, 3],
    ends: [3, 3, 4],
  });
});

Deno.test("mapCharacters() aligns a replacement with its character", () => {
  const rewritten = mapCharacters(alignText("a😀b"), (c) => ({ "a": "", "😀": "xy" })[c] ?? c);
  assertEquals(rewritten, { text: "xyb", starts: [1, 1, 3], ends: [3, 3, 4] });
});

Deno.test("prependAligned() aligns the prefix with the first character", () => {
  const longer = prependAligned(alignText("😀b"), "▁x");
  assertEquals(longer, { text: "▁x😀b", starts: [0, 0, 0, 0, 2], ends: [2, 2, 2, 2, 3] });
});
