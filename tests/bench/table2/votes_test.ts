import { assertAlmostEquals, assertEquals } from "@std/assert";
import { best, logProbabilities, majority, sumWindows } from "../../../bench/table2/votes.ts";

Deno.test("best() is the first of the largest", () => {
  assertEquals(best([1, 3, 3, 2]), 1);
  assertEquals(best([-Infinity, -5]), 1);
});

Deno.test("logProbabilities() are those of a softmax, however large the scores", () => {
  const logs = logProbabilities([1000, 1000 + Math.log(3)]);
  assertAlmostEquals(logs[0], Math.log(1 / 4));
  assertAlmostEquals(logs[1], Math.log(3 / 4));
});

const sure = logProbabilities([9, 0, 0]);
const unsure = logProbabilities([0, 0.1, 0]);

Deno.test("majority() counts windows, the sum their certainty", () => {
  const windows = [sure, unsure, unsure];
  assertEquals(majority(windows), 1);
  assertEquals(best(sumWindows(windows)), 0);
});

Deno.test("majority() decides a tie by the sum", () => {
  assertEquals(majority([unsure, sure]), 0);
  assertEquals(majority([sure, unsure]), 0);
});
