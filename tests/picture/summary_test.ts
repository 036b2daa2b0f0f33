import { assertAlmostEquals, assertEquals } from "@std/assert";
import { recordFull } from "../../picture/record_patterns.ts";
import { recordLsg } from "../../picture/record_lsg.ts";
import { amount, summarizePattern, summaryLine } from "../../picture/summary.ts";

Deno.test("summarizePattern() gives full attention a ratio of 1", () => {
  const causal = summarizePattern(recordFull(9, true));
  assertEquals(causal.visible_keys, { min: 1, mean: 5, max: 9 });
  assertEquals([causal.flop_ratio, causal.density], [1, 45 / 81]);
  const full = summarizePattern(recordFull(9, false));
  assertEquals([full.flop_ratio, full.density, full.mean_by_kind.full], [1, 1, 9]);
});

Deno.test("summarizePattern() counts a mean of several tokens once", () => {
  // 24 tokens in six blocks of 4, with 4 entries (two blocks) on each side and 2 globals.
  const parameters = { block_size: 4, sparse_block_size: 4, sparsity_type: "pooling" };
  const size = { tokens: 24, heads: 1, head: 0, causal: false, seed: 0 };
  const summary = summarizePattern(recordLsg({ ...parameters, num_global_tokens: 2 }, size));
  const local = [8, 12, 12, 12, 12, 8];
  const sparse = [4, 4, 6, 6, 4, 4];
  const pairs = 2 * 26 + local.reduce((all, keys, j) => all + 4 * (keys + sparse[j] + 2), 0);
  assertEquals(summary.queries, 26);
  assertEquals(summary.visible_keys.min, 8 + 4 + 2);
  assertEquals(summary.visible_keys.max, 26);
  assertAlmostEquals(summary.visible_keys.mean, pairs / 26, 1e-12);
  assertAlmostEquals(summary.density, pairs / 26 ** 2, 1e-12);
  assertAlmostEquals(summary.flop_ratio, pairs / 24 ** 2, 1e-12);
  assertAlmostEquals(summary.mean_by_kind.local!, 4 * 64 / 26, 1e-12);
});

Deno.test("summaryLine() formats the counts as one line", () => {
  assertEquals(
    summaryLine(summarizePattern(recordFull(9, true))),
    "Visible keys per query: mean 5 (1 to 9) of 9; 100 % of full attention",
  );
});

Deno.test("amount() rounds to one decimal, or to a whole number from 100", () => {
  assertEquals([0.25, 5, 42.64, 1234.5].map(amount), ["0.3", "5", "42.6", "1,235"]);
});
