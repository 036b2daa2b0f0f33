import { assertEquals } from "@std/assert";
import { alignText, sliceAligned } from "../../tokenizer/aligned_text.ts";

Deno.test("alignText() gives both halves of a surrogate pair the whole character", () => {
  assertEquals(alignText("a😀b"), {
    text: "a😀b",
    starts: [0, 1, 1, 3],
    ends: [1, 3, 3, 4],
  });
  assertEquals(alignText(""), { text: "", starts: [], ends: [] });
});

Deno.test("sliceAligned() keeps the places in the original text", () => {
  assertEquals(sliceAligned(alignText("a😀b"), 1, 4), {
    text: "😀b",
    starts: [1, 1, 3],
    ends: [3, 3, 4],
  });
});
