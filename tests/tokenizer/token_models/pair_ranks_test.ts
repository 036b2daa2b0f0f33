import { assertEquals } from "@std/assert";
import { PairRanks } from "../../../tokenizer/token_models/pair_ranks.ts";

Deno.test("PairRanks finds each pair's rank, the last that was set", () => {
  for (const count of [0, 1, 2, 3, 4, 1000]) {
    const pairs = Array.from({ length: count }, (_, i) => [i % 7, 2 ** 24 - i]);
    const ranks = new PairRanks(2 * count);
    for (const [i, [left, right]] of pairs.entries()) ranks.set(left, right, i);
    for (const [i, [left, right]] of pairs.entries()) ranks.set(left, right, i + count);
    assertEquals(
      pairs.map(([left, right]) => ranks.get(left, right)),
      pairs.map((_, i) => i + count),
    );
    for (const [left, right] of [[2 ** 24, 0], [7, 7], [-1, -1], [-1, 2 ** 24], [0, -1]]) {
      assertEquals(ranks.get(left, right), undefined);
    }
  }
});
