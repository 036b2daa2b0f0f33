import { assertAlmostEquals, assertEquals } from "@std/assert";
import { rouge } from "../../cli/rouge.ts";
import { readRougeGoldens } from "../demo/rouge_goldens.ts";

const { pairs } = await readRougeGoldens();

for (const [i, { summary, reference, plain, stemmed }] of pairs.entries()) {
  Deno.test(`rouge() equals rouge-score, pair ${i}: ${JSON.stringify(summary.slice(0, 30))}`, () => {
    for (const [stem, wanted] of [[false, plain], [true, stemmed]] as const) {
      const { rouge1, rouge2, rougeL } = rouge(summary, reference, stem);
      [rouge1, rouge2, rougeL].forEach((score, k) => assertAlmostEquals(score, wanted[k], 1e-12));
    }
  });
}

Deno.test("rouge() stems by default", () => {
  assertEquals(rouge("hopping cats", "hops cat").rouge1, 1);
  assertEquals(rouge("hopping cats", "hops cat", false).rouge1, 0);
});
