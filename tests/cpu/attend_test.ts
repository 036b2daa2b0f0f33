import { assert, assertEquals } from "@std/assert";
import { everything, slidingWindow, type Span } from "../../attention/mod.ts";
import { attend, CpuBackend } from "../../cpu/mod.ts";
import type { AttendShape } from "../../ops/attend.ts";

const floats = (...values: number[]) => new Float32Array(values);

type Operands = Parameters<typeof attend>[0];
type Part = Operands["parts"][number];
type Source = Part["sources"][number];

/** All rows of an array, one number wide, as keys and values of their own. */
function sourceOf(x: Float32Array, spans: Span[], more: Partial<Source> = {}): Source {
  const rows = { keys: x, values: x, first: 0, count: x.length, rows: x.length };
  return { ...rows, isPerHead: false, number: 0, spans, ...more };
}

function partOf(count: number, ...sources: Source[]): Part {
  return { first: 0, count, position: 0, sources };
}

const shape: AttendShape = { batch: 1, rows: 2, heads: 1, width: 1, keyHeads: 1, scale: 1 };

Deno.test("attend() weighs values by the exponentials of scores", () => {
  // Scores 0, ln 2 and ln 4 of values 10, 20 and 40: weights 1, 2 and 4 of 7.
  const keys = floats(0, Math.LN2, 2 * Math.LN2);
  const source = sourceOf(keys, [everything(3)], { values: floats(10, 20, 40) });
  const operands = { query: floats(1), parts: [partOf(1, source)] };
  const [output] = attend(operands, { ...shape, rows: 1 });
  // Keys are off by 2⁻²⁴ of at most 1.4, which moves weights by twice that; the rest is smaller.
  assert(Math.abs(output - 30) < 4 * 1.4 * 2 ** -24 * 40, `${output}`);
});

Deno.test("attend() does not care in which order scores rise", () => {
  const query = floats(1);
  const ascending = floats(-900, 0, 900);
  for (const keys of [ascending, ascending.toReversed()]) {
    const parts = [partOf(1, sourceOf(keys, [everything(3)]))];
    const output = attend({ query, parts }, { ...shape, rows: 1 });
    assertEquals([...output], [900]);
  }
});

Deno.test("attend() puts all sources and spans of a query under one softmax", () => {
  const halves = [everything(1), { ...everything(3), start: 2 }];
  const part = partOf(2, sourceOf(floats(1, 100, 3), halves), sourceOf(floats(8), [everything(1)]));
  assertEquals([...attend({ query: floats(0, 0), parts: [part] }, shape)], [4, 4]);
});

Deno.test("attend() gives zeros to rows of no part, without a key, or masked as queries", () => {
  const source = sourceOf(floats(6, 6, 6), [slidingWindow(0, 0)], {
    mask: new Int32Array([0, 1, 1]),
  });
  const queryMask = new Int32Array([1, 0, 1, 1]);
  const operands = { query: floats(1, 1, 1, 1), queryMask, parts: [partOf(3, source)] };
  assertEquals([...attend(operands, { ...shape, rows: 4 })], [0, 0, 6, 0]);
});

Deno.test("attend() reads nothing of masked keys and queries", () => {
  const x = floats(NaN, 5, Infinity);
  const mask = new Int32Array([0, 1, 0]);
  const queryMask = new Int32Array([0, 1]);
  const source = sourceOf(x, [everything(3)], { mask });
  const operands = { query: floats(NaN, 1), queryMask, parts: [partOf(2, source)] };
  assertEquals([...attend(operands, shape)], [0, 5]);
});

Deno.test("attend() counts positions from a part's own start and entries from a source's", () => {
  const window = sourceOf(floats(9, 1, 2, 3), [slidingWindow(1, 0)], { first: 1, count: 3 });
  const part = { first: 1, count: 1, position: 2, sources: [window] };
  assertEquals([...attend({ query: floats(0, 0), parts: [part] }, shape)], [0, 2.5]);
});

Deno.test("attend() scales scores", () => {
  const keys = floats(0, 0, 0, 0, 2, 2, 2, 2);
  const source = sourceOf(keys, [everything(2)], { count: 2, rows: 2 });
  const operands = { query: floats(1, 1, 1, 1), parts: [partOf(1, source)] };
  const run = (scale: number) => attend(operands, { ...shape, rows: 1, width: 4, scale })[0];
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  assertEquals(run(0.5), Math.fround(2 * sigmoid(8 / 2)));
  assertEquals(run(0.25), Math.fround(2 * sigmoid(8 / 4)));
  assertEquals(run(0), 1);
});

Deno.test("the operation scales by 1/√width and gives queries and keys as many heads, unless told", () => {
  const backend = new CpuBackend();
  const keys = backend.floats(floats(0, 0, 0, 0, 2, 2, 2, 2), [1, 2, 4]);
  const query = backend.floats(floats(1, 1, 1, 1), [1, 1, 4]);
  const source = { keys, values: keys, first: 0, count: 2, spans: [everything(2)] };
  const parts = [{ first: 0, count: 1, sources: [source] }];
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const run = (heads: number, scale?: number) =>
    backend.attend(query, parts, { heads, scale }).data[0];
  assertEquals(run(1), Math.fround(2 * sigmoid(8 / 2)));
  assertEquals(run(1, 0.25), Math.fround(2 * sigmoid(8 / 4)));
  assertEquals(run(1, 0), 1);
  assertEquals(run(4), Math.fround(2 * sigmoid(2)));
});

Deno.test("attend() shares key heads between query heads in order", () => {
  const source = sourceOf(floats(1, 2), [everything(1)], { count: 1, rows: 1 });
  const operands = { query: floats(0, 0, 0, 0), parts: [partOf(1, source)] };
  const output = attend(operands, { ...shape, rows: 1, heads: 4, keyHeads: 2 });
  assertEquals([...output], [1, 1, 2, 2]);
});

Deno.test("attend() takes a mask for all heads or one a head", () => {
  const x = floats(1, 10, 2, 20);
  const heads = { ...shape, rows: 1, heads: 2, keyHeads: 2 };
  const run = (...mask: number[]) => {
    const masked = { mask: new Int32Array(mask), isPerHead: mask.length === 4 };
    const source = sourceOf(x, [everything(2)], { count: 2, rows: 2, ...masked });
    return [...attend({ query: floats(0, 0), parts: [partOf(1, source)] }, heads)];
  };
  assertEquals(run(0, 1), [2, 20]);
  assertEquals(run(0, 1, 1, 0), [2, 10]);
});

Deno.test("attend() keeps sequences apart", () => {
  const x = floats(1, 3, 5, 7);
  const mask = new Int32Array([1, 1, 0, 1]);
  const source = sourceOf(x, [everything(2)], { count: 2, rows: 2, mask });
  const operands = { query: floats(0, 0, 0, 0), parts: [partOf(2, source)] };
  const output = attend(operands, { ...shape, batch: 2 });
  assertEquals([...output], [2, 2, 7, 7]);
});

Deno.test("attend() uses a source's own queries for it", () => {
  const source = sourceOf(floats(0, 50), [everything(2)], { query: floats(-50, 50) });
  const operands = { query: floats(0, 0), parts: [partOf(2, source)] };
  assertEquals([...attend(operands, shape)], [0, 50]);
});

Deno.test("attend() gives an array of its own and leaves the query as it was", () => {
  const query = floats(3, 4);
  assertEquals([...attend({ query, parts: [] }, shape)], [0, 0]);
  assertEquals([...query], [3, 4]);
});
