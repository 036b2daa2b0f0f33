import { assertEquals, assertRejects } from "@std/assert";
import { drawPerformerFeatures } from "../../attention/mod.ts";
import { efficientAttention, linearAttention, performerAttention } from "../../functional/mod.ts";
import { Random } from "../../tensor/random.ts";
import { assertWithin } from "../helpers/compare.ts";
import { dot, headRow, range } from "../helpers/dense.ts";
import { weighValues } from "../helpers/dense_comparison.ts";
import { isVisible } from "../helpers/dense_patterns.ts";
import { checkCases, type Draw } from "../helpers/draw.ts";

/** Weights of one query for all keys of its head, where masked keys are NaN. */
type Weigh = (query: number[], keys: number[][], isVisible: boolean[]) => number[];

async function check(
  attend: typeof linearAttention,
  weighWith: (width: number) => Weigh,
  leastWidth = 1,
): Promise<void> {
  await checkCases(60, (draw: Draw) => ({
    batch: draw.integer(1, 2),
    tokens: draw.integer(1, 20),
    heads: draw.integer(1, 3),
    width: draw.integer(leastWidth, 6),
  }), async ({ width, ...shape }, draw) => {
    const { batch, tokens, heads } = shape;
    const [query, key, value] = [1, 2, 3].map(() => draw.normals(batch * tokens * heads * width));
    const input = { query, key, value, mask: draw.mask(batch, tokens) };
    const weigh = weighWith(width);
    const row = (x: Float32Array, b: number, t: number, h: number) =>
      headRow(x, b * tokens + t, h, heads, width);
    assertWithin(
      await attend(input, shape),
      weighValues(input, { batch, rows: tokens, heads, width }, (b, i, h) =>
        weigh(
          row(query, b, i, h),
          range(0, tokens).map((j) => row(key, b, j, h)),
          range(0, tokens).map((j) => isVisible(input.mask, b * tokens + j)),
        )),
    );
  });
}

Deno.test("linearAttention() weighs by elu + 1, in 60 drawn cases", async () => {
  const phi = (x: number[]) => x.map((value) => value > 0 ? value + 1 : Math.exp(value));
  await check(linearAttention, () => (query, keys) => keys.map((key) => dot(phi(query), phi(key))));
});

Deno.test("efficientAttention() weighs by both softmaxes, in 60 drawn cases", async () => {
  await check(efficientAttention, () => (query, keys, visible) => {
    const seen = keys.filter((_, j) => visible[j]);
    const sums = query.map((_, d) => seen.reduce((sum, key) => sum + Math.exp(key[d]), 0));
    const row = query.map(Math.exp);
    return keys.map((key) => dot(row, key.map((value, d) => Math.exp(value) / sums[d])));
  });
});

Deno.test("performerAttention() weighs by random features, in 60 drawn cases", async () => {
  await check(performerAttention, (width) => {
    const omega = drawPerformerFeatures(width, new Random(0));
    const rows = range(0, omega.length / width).map((f) => headRow(omega, f, 0, 1, width));
    const phi = (x: number[]) => {
      const scaled = x.map((value) => value / width ** 0.25);
      return rows.map((row) => Math.exp(dot(row, scaled) - dot(scaled, scaled) / 2));
    };
    return (query, keys) => keys.map((key) => dot(phi(query), phi(key)));
  });
});

Deno.test("performerAttention() takes features, or draws different ones for different seeds", async () => {
  const [query, key, value] = [1, 2, 3].map((seed) => new Random(seed).normals(24));
  const shape = { batch: 1, tokens: 3, heads: 2 };
  const run = (more: object) => performerAttention({ query, key, value }, { ...shape, ...more });
  const features = drawPerformerFeatures(4, new Random(8));
  assertEquals(await run({ features }), await run({ seed: 8 }));
  const [a, b] = [await run({ seed: 8 }), await run({})];
  assertEquals(a.some((x, i) => x !== b[i]), true);
});

Deno.test("feature-map attentions refuse arrays that do not fit", async () => {
  const x = new Float32Array(4);
  const input = { query: x, key: x, value: new Float32Array(8) };
  for (const attend of [linearAttention, efficientAttention, performerAttention]) {
    await assertRejects(
      () => attend(input, { batch: 1, tokens: 2, heads: 1 }),
      RangeError,
      "value has 4 columns",
    );
  }
  const features = new Float32Array(3);
  await assertRejects(
    () => performerAttention({ ...input, value: x }, { batch: 1, tokens: 2, heads: 1, features }),
    RangeError,
  );
});
