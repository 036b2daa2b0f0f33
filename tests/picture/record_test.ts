import { assert, assertEquals, assertThrows } from "@std/assert";
import type { AttentionPattern } from "../../picture/attention_pattern.ts";
import { recordBigbird } from "../../picture/record_bigbird.ts";
import { recordLsg, recordLsgLayer } from "../../picture/record_lsg.ts";
import { recordLongformer, recordSelfExtend } from "../../picture/record_patterns.ts";
import { type KeyKind, runsOf, type VisibleRow } from "../../picture/visible_keys.ts";
import { CASES } from "./cases.ts";

const KINDS: KeyKind[] = ["global", "sparse", "local", "random", "near", "far", "full"];

function columnsOf(row: VisibleRow, kind: KeyKind, reach: boolean): number[] {
  return runsOf(row, kind, reach).flatMap(([start, end]) =>
    Array.from({ length: end - start }, (_, i) => start + i)
  );
}

/** Lists the columns of single keys, and of the groups that means are made from. */
function seen(row: VisibleRow): number[] {
  const columns = KINDS.flatMap((kind) => {
    const single = columnsOf(row, kind, false);
    return single.length > 0 ? single : columnsOf(row, kind, true);
  });
  return columns.sort((a, b) => a - b);
}

Deno.test("recorded patterns match the weights that attention computes", async () => {
  for (const { name, pattern, weights } of CASES) {
    const { rows, globals, tokens, legend } = pattern();
    const expected = await weights();
    assertEquals(rows.length, globals + tokens, name);
    rows.forEach((row, i) => {
      const visible = [...expected.subarray(i * rows.length, (i + 1) * rows.length).entries()]
        .filter(([, weight]) => weight > 0).map(([column]) => column);
      assertEquals(seen(row), visible, `${name}, query ${i}`);
      for (const { kind } of row.sources) assert(kind in legend, `${name}: no legend for ${kind}`);
    });
  }
});

Deno.test("norm selects keys within its reach", () => {
  const size = { tokens: 40, heads: 2, head: 1, causal: false, seed: 3 };
  const { rows } = recordLsg({ block_size: 8, sparse_block_size: 8 }, size);
  for (const row of rows) {
    const reach = columnsOf(row, "sparse", true);
    const chosen = columnsOf(row, "sparse", false);
    assertEquals(reach.length, chosen.length * 2);
    assertEquals(chosen.filter((column) => !reach.includes(column)), []);
  }
  const other = recordLsg({ block_size: 8, sparse_block_size: 8 }, { ...size, seed: 4 });
  const all = (pattern: AttentionPattern) => pattern.rows.map((row) => runsOf(row, "sparse"));
  assert(JSON.stringify(all(other)) !== JSON.stringify(rows.map((row) => runsOf(row, "sparse"))));
});

Deno.test("BigBird's outer blocks are global, its neighbours local, others random", () => {
  const size = { tokens: 40, heads: 2, head: 0, seed: 0 };
  const { rows } = recordBigbird({ block_size: 2, num_random_blocks: 2 }, size);
  assertEquals(runsOf(rows[20], "global"), [[0, 2], [38, 40]]);
  assertEquals(runsOf(rows[20], "local"), [[18, 24]]);
  assertEquals(runsOf(rows[20], "random").length, 2);
  assertEquals(runsOf(rows[0], "global"), [[0, 40]]);
  // Block 1 has the first block among its neighbours.
  assertEquals(runsOf(rows[2], "global"), [[38, 40]]);
  assertEquals(runsOf(rows[2], "local"), [[0, 6]]);
});

Deno.test("recording rejects sizes out of range", () => {
  const size = { tokens: 40, heads: 2, head: 0, causal: false, seed: 0 };
  const wrong = [{ tokens: 0 }, { tokens: 2.5 }, { tokens: 2 ** 17 }, { head: 2 }, { heads: 0 }, {
    head: -1,
  }, { seed: -1 }];
  for (const part of wrong) {
    assertThrows(() => recordLsg({}, { ...size, ...part }), RangeError);
    assertThrows(() => recordLsgLayer({}, { ...size, ...part }), RangeError);
  }
  assertThrows(() => recordLsg({ block_size: 7 }, size), RangeError, "block_size 7");
  assertThrows(() => recordLongformer(8, 3, []), RangeError, "attention_window 3");
  assertThrows(() => recordLongformer(8, 4, [8]), RangeError, "global token 8");
  assertThrows(() => recordBigbird({ block_size: 0 }, size), RangeError, "block_size 0");
  assertThrows(() => recordBigbird({}, { ...size, head: 2 }), RangeError, "head 2");
  assertThrows(() => recordSelfExtend(8, 0, 4), RangeError, "group 0");
});
