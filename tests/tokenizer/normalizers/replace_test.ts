import { assertEquals } from "@std/assert";
import { alignText } from "../../../tokenizer/aligned_text.ts";
import { replaceAligned } from "../../../tokenizer/normalizers/replace.ts";

Deno.test("replaceAligned() aligns the content with the last character of the match", () => {
  assertEquals(replaceAligned(alignText("a  😀b"), / +😀/gu, "xy"), {
    text: "axyb",
    starts: [0, 3, 3, 5],
    ends: [1, 5, 5, 6],
  });
});

Deno.test("replaceAligned() keeps a text without a match, and can empty one that matches", () => {
  assertEquals(replaceAligned(alignText("ab"), /x/g, "y"), alignText("ab"));
  assertEquals(replaceAligned(alignText("aa"), /a/g, ""), alignText(""));
});

Deno.test("replaceAligned() inserts the content at an empty match", () => {
  assertEquals(replaceAligned(alignText("ab"), /^/g, "x"), {
    text: "xab",
    starts: [0, 0, 1],
    ends: [0, 1, 2],
  });
  assertEquals(replaceAligned(alignText("ab"), /b*/g, "x").text, "xax");
});
