import { assertAlmostEquals, assertEquals } from "@std/assert";
import { attendQueryGradient } from "../../cpu/mod.ts";
import { everything } from "../../ops/span.ts";

const floats = (...values: number[]) => new Float32Array(values);

function gradient(logSum: number): number {
  const source = { keys: floats(1, 2), values: floats(10, 20), first: 0, count: 2, rows: 2 };
  const sources = [{ ...source, isPerHead: false, number: 0, spans: [everything(2)] }];
  const parts = [{ first: 0, count: 1, position: 0, sources }];
  const statistics = { logSum: floats(logSum), inner: floats(15) };
  const shape = { batch: 1, rows: 1, heads: 1, width: 1, keyHeads: 1, scale: 3 };
  return attendQueryGradient({ dy: floats(1), ...statistics, query: floats(0), parts }, shape)[0];
}

Deno.test("attendQueryGradient() weighs keys by how values differ from their mean", () => {
  // Weights ½ each: 3·(½·(10 − 15)·1 + ½·(20 − 15)·2).
  assertAlmostEquals(gradient(Math.log(2)), 7.5, 1e-5);
});

Deno.test("attendQueryGradient() of a query that sees nothing is 0", () => {
  assertEquals(gradient(-Infinity), 0);
});
