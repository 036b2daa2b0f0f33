import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { NaiveBayes } from "../../../bench/table2/naive_bayes.ts";
import { readPassages } from "../../../bench/table2/passages.ts";
import { bayesRows } from "../../../bench/table2/report.ts";
import { f1 } from "../../../bench/table2/f1.ts";

Deno.test("NaiveBayes adds one to each count", () => {
  const passages = [
    { author: 0, ids: Uint16Array.of(0, 0, 1) },
    { author: 1, ids: Uint16Array.of(2) },
  ];
  const [first, second] = new NaiveBayes(passages, 2, 3).score([0, 2]);
  assertAlmostEquals(first, Math.log(3 / 6 * 1 / 6));
  assertAlmostEquals(second, Math.log(1 / 4 * 2 / 4));
});

Deno.test("naive Bayes knows more authors from more tokens", async () => {
  const passages = await readPassages();
  const wanted = passages.test.map(({ author }) => author);
  const shares = bayesRows(passages).map(({ answers: [{ test }] }) => f1(wanted, test).micro);
  assertEquals(shares, [...shares].sort((a, b) => a - b));
  assert(shares[0] > 0.7 && shares[3] > 0.9, shares.join(", "));
});
