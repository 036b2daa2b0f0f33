import { assertEquals } from "@std/assert";
import { recordBigbird } from "../../../picture/record_bigbird.ts";
import { recordLsg } from "../../../picture/record_lsg.ts";
import { describeRuns, nameOf, seenKeys } from "../../../web/explorer/keys.ts";

const SIZE = { tokens: 64, heads: 2, head: 0, seed: 0, causal: false };

Deno.test("the keys of a query are listed by kind, in order", () => {
  const lsg = recordLsg(
    { block_size: 8, sparse_block_size: 8, sparsity_factor: 4, sparsity_type: "pooling" },
    SIZE,
  );
  const seen = seenKeys(lsg, 1 + 32);
  assertEquals(seen.map(({ kind, count }) => [kind, count]), [["global", 1], ["sparse", 10], [
    "local",
    24,
  ]]);
  // Means of the tokens on both sides of three blocks.
  assertEquals(seen[1].runs, [[1, 25], [49, 65]]);
  assertEquals(describeRuns(lsg, seen[1].runs), "0–23, 48–63");
  assertEquals(describeRuns(lsg, seen[0].runs), "global 0");
  assertEquals(describeRuns(lsg, seenKeys(lsg, 0)[0].runs), "global 0, 0–63");
  assertEquals(describeRuns(lsg, []), "none");
  assertEquals(describeRuns(lsg, [[1, 2], [3, 5], [7, 9]], 2), "0, 2–3 and 1 more");
  assertEquals([nameOf(lsg, 0), nameOf(lsg, 1)], ["global token 0", "token 0"]);
});

Deno.test("random blocks that go back are sorted and joined", () => {
  const bigbird = recordBigbird({ block_size: 2, num_random_blocks: 6 }, SIZE);
  for (let row = 2; row < 62; row++) {
    const [, , random] = seenKeys(bigbird, row);
    assertEquals(random.count, 12);
    assertEquals(random.runs.reduce((sum, [start, end]) => sum + end - start, 0), 12);
    random.runs.slice(1).forEach(([start], i) => assertEquals(start > random.runs[i][1], true));
  }
});
