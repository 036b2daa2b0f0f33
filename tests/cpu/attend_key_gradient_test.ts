import { assertAlmostEquals, assertEquals } from "@std/assert";
import { attendKeyGradient } from "../../cpu/mod.ts";
import { everything } from "../../ops/span.ts";

const floats = (...values: number[]) => new Float32Array(values);

Deno.test("attendKeyGradient() sums over queries, heads and sources; masked keys get 0", () => {
  const source = {
    ...{ keys: floats(0, 0, 7), values: floats(10, 20, 7), first: 0, count: 3, rows: 3 },
    ...{ isPerHead: false, number: 0, spans: [everything(3)], mask: Int32Array.of(1, 1, 0) },
  };
  // Two queries, two heads each, of one head of keys; the second query sees nothing.
  const operands = {
    dy: floats(1, 2, NaN, NaN),
    logSum: floats(Math.log(2), Math.log(2), -Infinity, -Infinity),
    inner: floats(15, 30, NaN, NaN),
    query: floats(3, 5, NaN, NaN),
    parts: [{ first: 0, count: 2, position: 0, sources: [source] }],
  };
  const shape = { batch: 1, rows: 2, heads: 2, width: 1, keyHeads: 1, scale: 1, keyRows: 3 };
  const { keys, values } = attendKeyGradient(operands, shape);
  // ½·(10 − 15)·3 + ½·(20 − 30)·5, and the opposite.
  [-32.5, 32.5].forEach((wanted, i) => assertAlmostEquals(keys[i], wanted, 1e-4));
  [1.5, 1.5].forEach((wanted, i) => assertAlmostEquals(values[i], wanted, 1e-6));
  assertEquals([keys[2], values[2]], [0, 0]);
  const twice = { ...operands, parts: [{ ...operands.parts[0], sources: [source, source] }] };
  assertAlmostEquals(attendKeyGradient(twice, shape).values[0], 3, 1e-6);
});

Deno.test("weights are at most 1, however the logarithm of their sum was rounded", () => {
  const source = {
    ...{ keys: floats(1e9), values: floats(1), first: 0, count: 1, rows: 1 },
    ...{ isPerHead: false, number: 0, spans: [everything(1)] },
  };
  const parts = [{ first: 0, count: 1, position: 0, sources: [source] }];
  const statistics = { logSum: floats(1e9 - 512), inner: floats(1) };
  const operands = { dy: floats(2), query: floats(1), ...statistics, parts };
  const shape = { batch: 1, rows: 1, heads: 1, width: 1, keyHeads: 1, scale: 1, keyRows: 1 };
  const { keys, values } = attendKeyGradient(operands, shape);
  assertEquals([keys[0], values[0]], [1, 2]);
});
