import { assertEquals } from "@std/assert";
import { lead, longest } from "../../demo/baselines.ts";

const sentences = [7, 8, 41, 10, 9, 8, 10].map((count, i) => `${"word ".repeat(count - 1)}${i}`);

Deno.test("lead() takes the first three sentences", () => {
  assertEquals(lead(sentences), sentences.slice(0, 3).join(" "));
  assertEquals(lead([]), "");
});

Deno.test("longest() takes the longest of at most 40 words, in their order", () => {
  assertEquals(longest(sentences), [3, 4, 6].map((i) => sentences[i]).join(" "));
});
