import { assertEquals } from "@std/assert";
import { porterStem } from "../../cli/porter_stem.ts";
import { readRougeGoldens } from "../demo/rouge_goldens.ts";

Deno.test("porterStem() equals NLTK's on every word of the demo's text and on rare rules", async () => {
  const { stems, unchanged } = await readRougeGoldens();
  const words = unchanged.split(" ");
  const wanted = { ...stems, ...Object.fromEntries(words.map((word) => [word, word])) };
  const found = Object.keys(wanted).map((word) => [word, porterStem(word)]);
  assertEquals(Object.fromEntries(found), wanted);
});
