import { assertEquals, assertThrows } from "@std/assert";
import type { Span } from "../../attention/mod.ts";
import { attendSizes, featureSizes, hashedSizes } from "../../ops/attention_shapes.ts";
import type { FeatureMap } from "../../ops/backend.ts";

const rows = { dims: [1, 4, 6] };
const mask = { dims: [1, 4] };

Deno.test("attendSizes() refuses what kernels could not go by", () => {
  const span = { block: 2, stride: 1, start: -1, end: 3, causal: false };
  const run = (
    { spans, position, first = 0, keyHeads }: {
      spans?: Partial<Span>;
      position?: number;
      first?: number;
      keyHeads?: number;
    },
  ) => {
    const source = { keys: rows, values: rows, first, count: 2, spans: [{ ...span, ...spans }] };
    const part = {
      first: 0,
      count: 4,
      sources: [source],
      ...(position !== undefined && { position }),
    };
    return attendSizes(rows, [part], { heads: 2, keyHeads });
  };
  assertEquals(run({}), { batch: 1, rows: 4, width: 3, keyHeads: 2, scale: 1 / Math.sqrt(3) });
  const refused: [Parameters<typeof run>[0], string][] = [
    [{ spans: { block: 0 } }, 'got the span {"block":0,'],
    [{ spans: { block: 1.5 } }, 'got the span {"block":1.5,'],
    [{ spans: { stride: -1 } }, "wanted whole numbers, block ≥ 1 and stride ≥ 0"],
    [{ spans: { start: NaN } }, '"start":null'],
    [{ spans: { end: Infinity } }, '"end":null'],
    [{ position: -1 }, "position -1, wanted a whole number ≥ 0"],
    [{ first: 3 }, "key rows 3 … 4, there are 4"],
    [{ first: 0.5 }, "key rows 0.5 … 1.5, there are 4"],
    [{ keyHeads: 0 }, "0 heads of keys, wanted a whole number ≥ 1"],
  ];
  for (const [wrong, message] of refused) assertThrows(() => run(wrong), RangeError, message);
});

Deno.test("featureSizes() refuses maps that there are not, and projections to nothing", () => {
  const run = (map: string, features = 5) =>
    featureSizes(rows, rows, rows, mask, {
      heads: 2,
      map: map as FeatureMap,
      projection: { dims: [features, 3] },
    });
  assertEquals(run("elu"), { batch: 1, tokens: 4, width: 3, features: 3 });
  assertEquals(run("random"), { batch: 1, tokens: 4, width: 3, features: 5 });
  assertThrows(() => run("toString"), RangeError, 'got "toString", wanted one of elu, softmax');
  assertThrows(() => run("random", 0), TypeError, "projection has the shape [0,3], wanted [1,3]");
});

Deno.test("hashedSizes() refuses projections of no heads", () => {
  const run = (heads: number) => hashedSizes(rows, rows, mask, { dims: [heads, 3, 2] }, 2);
  assertEquals(run(2), { batch: 1, tokens: 4, heads: 2, width: 3, columns: 2 });
  assertThrows(() => run(0), RangeError, "do not divide into 0 heads");
});
