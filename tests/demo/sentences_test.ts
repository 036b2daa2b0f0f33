import { assertEquals } from "@std/assert";
import { splitSentences, splitWords } from "../../demo/sentences.ts";
import { readRougeGoldens } from "./rouge_goldens.ts";

Deno.test("splitSentences() finds what tools/summary_text.py finds", async () => {
  const { sentences } = await readRougeGoldens();
  assertEquals(splitSentences(sentences.text), sentences.found);
});

Deno.test("splitSentences() finds nothing in white space", () => {
  assertEquals(splitSentences(" \n\n \t"), []);
});

Deno.test("splitWords() keeps letters and digits", () => {
  assertEquals(splitWords("It's 12,000—naïve!"), ["it", "s", "12", "000", "na", "ve"]);
  assertEquals(splitWords("…"), []);
});
