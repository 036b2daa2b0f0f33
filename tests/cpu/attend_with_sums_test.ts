import { assertAlmostEquals, assertEquals } from "@std/assert";
import { attend, attendWithSums } from "../../cpu/mod.ts";
import { everything } from "../../ops/span.ts";

const floats = (...values: number[]) => new Float32Array(values);
const shape = { batch: 1, rows: 2, heads: 1, width: 1, keyHeads: 1, scale: 2 };

function operands(mask: readonly number[], queryMask?: readonly number[]) {
  const keys = floats(1, 3, 5);
  const source = { keys, values: keys, first: 1, count: 2, rows: 3, isPerHead: false, number: 0 };
  const sources = [{ ...source, spans: [everything(2)], mask: Int32Array.from(mask) }];
  return {
    query: floats(1, -1),
    parts: [{ first: 0, count: 2, position: 0, sources }],
    ...(queryMask && { queryMask: Int32Array.from(queryMask) }),
  };
}

const sums = (...masks: Parameters<typeof operands>) => attendWithSums(operands(...masks), shape);

Deno.test("attendWithSums() gives what attend() gives, and logarithms of sums", () => {
  const { output, logSum } = sums([1, 1]);
  assertEquals(output, attend(operands([1, 1]), shape));
  assertAlmostEquals(logSum[0], Math.log(Math.exp(6) + Math.exp(10)), 1e-6);
  assertAlmostEquals(logSum[1], Math.log(Math.exp(-6) + Math.exp(-10)), 1e-6);
});

Deno.test("attendWithSums() gives −∞ to queries that see nothing", () => {
  assertEquals([...sums([0, 0]).logSum], [-Infinity, -Infinity]);
  assertEquals([...sums([1, 0], [0, 1]).logSum], [-Infinity, -6]);
});

Deno.test("attendWithSums() of scores beyond float32 is NaN, as the output is", () => {
  const source = {
    ...{ keys: floats(3e38), values: floats(0), first: 0, count: 1, rows: 1 },
    ...{ isPerHead: false, number: 0, spans: [everything(1)] },
  };
  const parts = [{ first: 0, count: 1, position: 0, sources: [source] }];
  const { output, logSum } = attendWithSums({ query: floats(3), parts }, { ...shape, rows: 1 });
  assertEquals([output[0], logSum[0]], [NaN, NaN]);
});
