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

Deno.test("replaceAligned() leaves a text without a match, and empties one that matches whole", () => {
  assertEquals(replaceAligned(alignText("ab"), /x/g, "y"), alignText("ab"));
  assertEquals(replaceAligned(alignText("aa"), /a/g, ""), alignText(""));
});
