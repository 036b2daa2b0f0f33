import { assertEquals } from "@std/assert";
import { splitSentences } from "../../demo/sentences.ts";
import { readRougeGoldens } from "./rouge_goldens.ts";

Deno.test("splitSentences() finds what tools/summary_text.py finds", async () => {
  const { sentences } = await readRougeGoldens();
  assertEquals(splitSentences(sentences.text), sentences.found);
});

Deno.test("splitSentences() finds nothing in white space", () => {
  assertEquals(splitSentences(" \n\n \t"), []);
});
