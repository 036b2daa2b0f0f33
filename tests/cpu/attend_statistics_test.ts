import { assertAlmostEquals, assertEquals } from "@std/assert";
import { attendStatistics } from "../../cpu/mod.ts";
import { everything } from "../../ops/span.ts";

const floats = (...values: number[]) => new Float32Array(values);
const shape = { batch: 1, rows: 2, heads: 1, width: 1, keyHeads: 1, scale: 2 };

function statistics(mask: readonly number[], queryMask?: readonly number[]) {
  const keys = floats(1, 3, 5);
  const source = { keys, values: keys, first: 1, count: 2, rows: 3, isPerHead: false, number: 0 };
  const sources = [{ ...source, spans: [everything(2)], mask: Int32Array.from(mask) }];
  return attendStatistics({
    query: floats(1, -1),
    dy: floats(2, 3),
    y: floats(10, 100),
    parts: [{ first: 0, count: 2, position: 0, sources }],
    ...(queryMask && { queryMask: Int32Array.from(queryMask) }),
  }, shape);
}

Deno.test("attendStatistics() gives logarithms of sums and inner products", () => {
  const { logSum, inner } = statistics([1, 1]);
  assertAlmostEquals(logSum[0], Math.log(Math.exp(6) + Math.exp(10)), 1e-6);
  assertAlmostEquals(logSum[1], Math.log(Math.exp(-6) + Math.exp(-10)), 1e-6);
  assertEquals([...inner], [20, 300]);
});

Deno.test("attendStatistics() gives −∞ to queries that see nothing", () => {
  assertEquals([...statistics([0, 0]).logSum], [-Infinity, -Infinity]);
  assertEquals([...statistics([1, 0], [0, 1]).logSum], [-Infinity, -6]);
});

Deno.test("attendStatistics() of scores beyond float32 is NaN, as the output is", () => {
  const source = {
    ...{ keys: floats(3e38), values: floats(0), first: 0, count: 1, rows: 1 },
    ...{ isPerHead: false, number: 0, spans: [everything(1)] },
  };
  const parts = [{ first: 0, count: 1, position: 0, sources: [source] }];
  const one = { ...shape, rows: 1 };
  const { logSum } = attendStatistics(
    { query: floats(3), dy: floats(0), y: floats(0), parts },
    one,
  );
  assertEquals([...logSum], [NaN]);
});
