import { assertEquals } from "@std/assert";
import { isCandidate, principalSentences } from "../../demo/principal_sentences.ts";
import { splitSentences } from "../../demo/sentences.ts";
import { readRougeGoldens } from "./rouge_goldens.ts";

const BOOK = new URL("../../demo/northanger_abbey.txt", import.meta.url);
const SENTENCES = splitSentences(await Deno.readTextFile(BOOK));

for (const { first, end, found } of (await readRougeGoldens()).principal) {
  Deno.test(`principalSentences() finds tools/summary_text.py's, sentences ${first} to ${end}`, () => {
    const indices = principalSentences(SENTENCES.slice(first, end)).map((i) => i + first);
    assertEquals(indices, found);
  });
}

Deno.test("principalSentences() takes no sentence that has nothing in common with the others", () => {
  const alone = "zz yy xx ww vv uu tt ss rr";
  assertEquals(principalSentences([alone, "A b c d e f g h.", "A b c d e f g h i."]), [1, 2]);
  assertEquals(principalSentences([]), []);
});

Deno.test("isCandidate() takes sentences of 8 to 40 words", () => {
  const counts = [7, 8, 40, 41].map((count) => isCandidate("word ".repeat(count)));
  assertEquals(counts, [false, true, true, false]);
});
