import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { layOut, SQUARE } from "../../../picture/layout.ts";
import { recordBigbird } from "../../../picture/record_bigbird.ts";
import { recordLsg } from "../../../picture/record_lsg.ts";
import { recordFull, recordLongformer } from "../../../picture/record_patterns.ts";
import { countKeys } from "../../../picture/visible_keys.ts";
import { PixelRows } from "../../../web/explorer/coverage.ts";

function sum(values: Iterable<number>): number {
  return [...values].reduce((a, b) => a + b, 0);
}

Deno.test("a row covers as much as the keys that it sees", () => {
  const size = { tokens: 300, heads: 2, head: 1, seed: 0, causal: false };
  const patterns = [
    recordFull(300, true),
    recordLongformer(300, 30, [100]),
    recordBigbird({ block_size: 8 }, size),
  ];
  for (const pattern of patterns) {
    const rows = new PixelRows(pattern, layOut(pattern), 123);
    for (const row of [0, 7, 100, 150, 299]) {
      const kinds = Object.keys(pattern.legend) as (keyof typeof pattern.legend)[];
      const { keys } = rows.ofRow(row);
      kinds.forEach((kind, k) => {
        const wanted = countKeys(pattern.rows[row], kind) * 123 / 300;
        assertAlmostEquals(sum(keys[k]), wanted, 1e-3, `${pattern.name}, query ${row}, ${kind}`);
        assert(keys[k].every((part) => part <= 1 + 1e-5));
      });
    }
  }
});

Deno.test("a row of pixels is the mean of the rows in it, in equal parts of its height", () => {
  const pattern = recordFull(400, true);
  const rows = new PixelRows(pattern, layOut(pattern), 100);
  const { keys: [triangle] } = rows.ofPixels(50, 51)!;
  // Rows 200 to 203 see the same sources, so that the first counts for all.
  assertAlmostEquals(sum(triangle), 201 / 4, 1e-4);
});

Deno.test("a global row inside a row of pixels counts, and same rows are not computed again", () => {
  const pattern = recordLongformer(1000, 10, [503]);
  const rows = new PixelRows(pattern, layOut(pattern), 100);
  const { keys: [global] } = rows.ofPixels(50, 51)!;
  assertAlmostEquals(global[5], 0.1, 1e-5);
  const size = { tokens: 1024, heads: 1, head: 0, seed: 0, causal: false };
  const lsg = recordLsg({ sparsity_type: "none" }, size);
  const pixels = new PixelRows(lsg, layOut(lsg), SQUARE);
  const computed = Array.from({ length: SQUARE }, (_, y) => pixels.ofPixels(y, y + 1))
    .filter((coverage) => coverage !== undefined);
  // A row for each block, and for the rows of pixels at the borders of the globals and of blocks.
  assert(computed.length >= 8 && computed.length < 40, `${computed.length}`);
});

Deno.test("heights map back to rows", () => {
  const size = { tokens: 200, heads: 1, head: 0, seed: 0, causal: false };
  for (const globals of [1, 20]) {
    const pattern = recordLsg({ num_global_tokens: globals, block_size: 8 }, size);
    const layout = layOut(pattern);
    const rows = new PixelRows(pattern, layout, SQUARE);
    for (let row = 0; row < globals + 200; row++) {
      assertEquals(rows.rowAt((layout.start(row) + layout.end(row + 1)) / 2), row);
    }
    assertEquals(rows.rowAt(SQUARE + 9), globals + 199);
  }
});
