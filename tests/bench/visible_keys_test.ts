import { assertEquals, assertThrows } from "@std/assert";
import { everything, resolveLsgParameters, slidingWindow } from "../../attention/mod.ts";
import { countLsgPairs, countSpanPairs } from "../../bench/visible_keys.ts";

Deno.test("countSpanPairs() counts visible entries within bounds", () => {
  assertEquals(countSpanPairs([everything(5)], 3, 5), 15);
  assertEquals(countSpanPairs([everything(4, true)], 4, 4), 1 + 2 + 3 + 4);
  assertEquals(countSpanPairs([slidingWindow(1, 1)], 4, 4), 2 + 3 + 3 + 2);
  assertEquals(countSpanPairs([slidingWindow(0, 0), everything(2)], 3, 3), 3 + 6);
  assertEquals(countSpanPairs([], 3, 3), 0);
});

Deno.test("countLsgPairs() equals a count by the definition", () => {
  for (
    const [B, S, f, G, blocks] of [
      [8, 8, 2, 1, 6],
      [8, 4, 2, 7, 5],
      [8, 16, 4, 1, 9],
      [12, 12, 3, 2, 4],
      [4, 4, 1, 1, 3],
      [8, 8, 2, 3, 2],
      [8, 8, 2, 1, 1],
    ]
  ) {
    const t = blocks * B;
    const r = B / f;
    const inside = (from: number, to: number, count: number) =>
      Array.from({ length: to - from }, (_, i) => from + i).filter((i) => i >= 0 && i < count)
        .length;
    let pairs = G * (G + t);
    for (let i = 0; i < t; i++) {
      const j = Math.floor(i / B);
      pairs += G;
      if (t <= 2 * B) pairs += t;
      else {
        pairs += inside((j - 1) * B, (j + 2) * B, t) +
          inside((j - 1) * r - S, (j - 1) * r, t / f) +
          inside((j + 2) * r, (j + 2) * r + S, t / f);
      }
    }
    const parameters = resolveLsgParameters({
      block_size: B,
      sparse_block_size: S,
      sparsity_factor: f,
      num_global_tokens: G,
    });
    assertEquals(countLsgPairs(t, parameters), pairs, `${[B, S, f, G, blocks]}`);
  }
});

Deno.test("countLsgPairs() without a sparse part counts globals and local tokens", () => {
  const parameters = resolveLsgParameters({ block_size: 4, sparsity_type: "none" });
  assertEquals(countLsgPairs(13, parameters), 14 + 13 + 4 * 8 + 4 * 12 + 4 * 9 + 5);
});

Deno.test("countLsgPairs() rejects a last block that is not full", () => {
  const parameters = resolveLsgParameters({ block_size: 8, sparse_block_size: 8 });
  assertThrows(
    () => countLsgPairs(30, parameters),
    RangeError,
    "30 tokens: wanted a multiple of 8",
  );
});
