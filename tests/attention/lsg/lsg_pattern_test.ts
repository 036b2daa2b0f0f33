import { assertEquals } from "@std/assert";
import {
  isDense,
  lsgPattern,
  type LsgShape,
  type Span,
  spanRange,
} from "../../../attention/mod.ts";

const shape: LsgShape = {
  block_size: 4,
  sparse_block_size: 4,
  sparsity_factor: 2,
  sparsity_type: "norm",
};

/** First and last entry of each span that a query sees; null for none. */
function ends(spans: readonly Span[], query: number, entries: number): ([number, number] | null)[] {
  return spans.map((span) => {
    const [start, end] = spanRange(span, query, entries);
    return end > start ? [start, end - 1] : null;
  });
}

Deno.test("lsgPattern() is dense up to two blocks", () => {
  for (const tokens of [1, 7, 8]) {
    const { local, sparse } = lsgPattern(tokens, shape);
    assertEquals(sparse, []);
    assertEquals(ends(local, 0, tokens), [[0, tokens - 1]]);
    assertEquals(ends(lsgPattern(tokens, shape, true).local, 0, tokens), [[0, 0]]);
    assertEquals(isDense(tokens, shape), true);
  }
  assertEquals(isDense(9, shape), false);
});

Deno.test("lsgPattern() sees its own block, both neighbours, and entries beside them", () => {
  // 24 tokens: six blocks, twelve entries of two tokens.
  const { local, sparse } = lsgPattern(24, shape);
  const seen = (query: number) => [...ends(local, query, 24), ...ends(sparse, query, 12)];
  assertEquals(seen(0), [[0, 7], null, [4, 7]]);
  assertEquals(seen(3), seen(0));
  assertEquals(seen(4), [[0, 11], null, [6, 9]]);
  assertEquals(seen(11), [[4, 15], [0, 1], [8, 11]]);
  assertEquals(seen(12), [[8, 19], [0, 3], [10, 11]]);
  assertEquals(seen(23), [[16, 23], [4, 7], null]);
});

Deno.test("lsgPattern() with causal sees nothing after itself and only the left entries", () => {
  const { local, sparse } = lsgPattern(24, shape, true);
  const seen = (query: number) => [...ends(local, query, 24), ...ends(sparse, query, 12)];
  assertEquals(seen(0), [[0, 0], null]);
  assertEquals(seen(9), [[4, 9], [0, 1]]);
  assertEquals(seen(23), [[16, 23], [4, 7]]);
});

Deno.test("lsgPattern() counts entries, not tokens, and takes any multiple of the block", () => {
  const wide = { ...shape, sparse_block_size: 8 };
  const [left, right] = lsgPattern(40, wide).sparse;
  // Block 5 starts at token 20; blocks give two entries each.
  assertEquals(ends([left, right], 20, 20), [[0, 7], [14, 19]]);
  const narrow = { ...shape, sparse_block_size: 2 };
  assertEquals(ends(lsgPattern(40, narrow).sparse, 20, 20), [[6, 7], [14, 15]]);
});

Deno.test("lsgPattern() without a sparse part is local alone", () => {
  for (
    const none of [{ sparsity_type: "none" }, { sparse_block_size: 0 }, { sparsity_factor: 0 }]
  ) {
    const pattern = lsgPattern(24, { ...shape, ...none } as LsgShape);
    assertEquals(pattern.sparse, []);
    assertEquals(ends(pattern.local, 9, 24), [[4, 15]]);
  }
});
