import { assert, assertEquals, assertThrows } from "@std/assert";
import { everything, slidingWindow, type Span } from "../../attention/mod.ts";
import { attend, type AttendShape, type CpuAttendPart, type CpuKeySource } from "../../cpu/mod.ts";

const floats = (...values: number[]) => new Float32Array(values);

/** All rows of an array as keys and values of their own. */
function sourceOf(x: Float32Array, spans: Span[], more: Partial<CpuKeySource> = {}): CpuKeySource {
  return { keys: x, values: x, first: 0, count: x.length, spans, ...more };
}

function partOf(count: number, ...sources: CpuKeySource[]): CpuAttendPart {
  return { first: 0, count, sources };
}

const shape: AttendShape = { batch: 1, rows: 2, heads: 1, width: 1 };

Deno.test("attend() weighs values by the exponentials of scores", () => {
  // Scores 0, ln 2 and ln 4 of values 10, 20 and 40: weights 1, 2 and 4 of 7.
  const keys = floats(0, Math.LN2, 2 * Math.LN2);
  const source = sourceOf(keys, [everything(3)], { values: floats(10, 20, 40) });
  const [output] = attend(floats(1), [partOf(1, source)], { ...shape, rows: 1 });
  // Keys are off by 2⁻²⁴ of at most 1.4, which moves weights by twice that; the rest is smaller.
  assert(Math.abs(output - 30) < 4 * 1.4 * 2 ** -24 * 40, `${output}`);
});

Deno.test("attend() does not care in which order scores rise", () => {
  const query = floats(1);
  const ascending = floats(-900, 0, 900);
  for (const keys of [ascending, ascending.toReversed()]) {
    const output = attend(query, [partOf(1, sourceOf(keys, [everything(3)]))], {
      ...shape,
      rows: 1,
    });
    assertEquals([...output], [900]);
  }
});

Deno.test("attend() puts all sources and spans of a query under one softmax", () => {
  const halves = [everything(1), { ...everything(3), start: 2 }];
  const part = partOf(2, sourceOf(floats(1, 100, 3), halves), sourceOf(floats(8), [everything(1)]));
  assertEquals([...attend(floats(0, 0), [part], shape)], [4, 4]);
});

Deno.test("attend() gives zeros to rows of no part, without a key, or masked as queries", () => {
  const source = sourceOf(floats(6, 6, 6), [slidingWindow(0, 0)], {
    mask: new Int32Array([0, 1, 1]),
  });
  const queryMask = new Int32Array([1, 0, 1, 1]);
  const rows = { ...shape, rows: 4, queryMask };
  assertEquals([...attend(floats(1, 1, 1, 1), [partOf(3, source)], rows)], [0, 0, 6, 0]);
});

Deno.test("attend() reads nothing of masked keys and queries", () => {
  const x = floats(NaN, 5, Infinity);
  const mask = new Int32Array([0, 1, 0]);
  const queryMask = new Int32Array([0, 1]);
  const source = sourceOf(x, [everything(3)], { mask });
  assertEquals([...attend(floats(NaN, 1), [partOf(2, source)], { ...shape, queryMask })], [0, 5]);
});

Deno.test("attend() counts places from a part's own start and entries from a source's", () => {
  const window = sourceOf(floats(9, 1, 2, 3), [slidingWindow(1, 0)], { first: 1, count: 3 });
  const part = { first: 1, count: 1, position: 2, sources: [window] };
  assertEquals([...attend(floats(0, 0), [part], shape)], [0, 2.5]);
});

Deno.test("attend() scales scores by 1/√width or as told", () => {
  const keys = floats(0, 0, 0, 0, 2, 2, 2, 2);
  const source = sourceOf(keys, [everything(2)], { count: 2 });
  const query = floats(1, 1, 1, 1);
  const run = (scale?: number) => {
    const output = attend(query, [partOf(1, source)], {
      batch: 1,
      rows: 1,
      heads: 1,
      width: 4,
      scale,
    });
    return output[0];
  };
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  assertEquals(run(), Math.fround(2 * sigmoid(8 / 2)));
  assertEquals(run(0.25), Math.fround(2 * sigmoid(8 / 4)));
  assertEquals(run(0), 1);
});

Deno.test("attend() shares key heads between query heads in order", () => {
  const source = sourceOf(floats(1, 2), [everything(1)], { count: 1 });
  const output = attend(floats(0, 0, 0, 0), [partOf(1, source)], {
    batch: 1,
    rows: 1,
    heads: 4,
    width: 1,
    keyHeads: 2,
  });
  assertEquals([...output], [1, 1, 2, 2]);
});

Deno.test("attend() takes a mask for all heads or one a head", () => {
  const x = floats(1, 10, 2, 20);
  const heads = { batch: 1, rows: 1, heads: 2, width: 1 };
  const run = (...mask: number[]) => {
    const source = sourceOf(x, [everything(2)], { count: 2, mask: new Int32Array(mask) });
    return [...attend(floats(0, 0), [partOf(1, source)], heads)];
  };
  assertEquals(run(0, 1), [2, 20]);
  assertEquals(run(0, 1, 1, 0), [2, 10]);
});

Deno.test("attend() keeps sequences apart", () => {
  const x = floats(1, 3, 5, 7);
  const source = sourceOf(x, [everything(2)], { count: 2, mask: new Int32Array([1, 1, 0, 1]) });
  const output = attend(floats(0, 0, 0, 0), [partOf(2, source)], { ...shape, batch: 2 });
  assertEquals([...output], [2, 2, 7, 7]);
});

Deno.test("attend() uses a source's own queries for it", () => {
  const source = sourceOf(floats(0, 50), [everything(2)], { query: floats(-50, 50) });
  assertEquals([...attend(floats(0, 0), [partOf(2, source)], shape)], [0, 50]);
});

Deno.test("attend() gives an array of its own and leaves the query as it was", () => {
  const query = floats(3, 4);
  assertEquals([...attend(query, [], shape)], [0, 0]);
  assertEquals([...query], [3, 4]);
});

Deno.test("attend() refuses what does not fit, naming it", () => {
  const x = floats(1, 2);
  const source = sourceOf(x, [everything(2)]);
  const run = (part: CpuAttendPart, sizes: Partial<AttendShape> = {}, query = x) => () =>
    attend(query, [part], { ...shape, ...sizes });
  const withSource = (more: Partial<CpuKeySource>) => run(partOf(2, { ...source, ...more }));
  const refused: [() => unknown, string][] = [
    [run(partOf(2, source), {}, floats(1)), "query has 1 values, wanted 2 for the shape [1,2,1]"],
    [run(partOf(2, source), { queryMask: new Int32Array(1) }), "queryMask has 1 values"],
    [run(partOf(2, source), { queryMask: new Int32Array([1, 4]) }), "queryMask holds 4 at 1"],
    [run(partOf(3, source)), "query rows 0 … 2: there are 2"],
    [run({ ...partOf(1, source), first: -1 }), "query rows -1 … -1: there are 2"],
    [run(partOf(2, source), { heads: 2, width: 1, rows: 1 }), "query rows 0 … 1: there are 1"],
    [withSource({ keys: floats(1) }), "values has 2 values, wanted 1"],
    [withSource({ count: 3 }), "key rows 0 … 2: there are 2"],
    [withSource({ first: 1 }), "key rows 1 … 2: there are 2"],
    [withSource({ first: -1 }), "key rows -1 … 0: there are 2"],
    [withSource({ mask: new Int32Array(3) }), "mask has 3 values, wanted 2"],
    [withSource({ mask: new Int32Array([0, -1]) }), "mask holds -1 at 1"],
    [withSource({ query: floats(1) }), "query of a source has 1 values, wanted 2"],
  ];
  for (const [call, message] of refused) assertThrows(call, RangeError, message);
  const three = sourceOf(floats(1, 2, 3), [everything(1)], { count: 1 });
  assertThrows(
    () => attend(floats(1, 2), [partOf(1, three)], { batch: 1, rows: 1, heads: 1, width: 2 }),
    RangeError,
    "keys has 3 values, wanted 2",
  );
});
