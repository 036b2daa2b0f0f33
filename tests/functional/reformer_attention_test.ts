import { assertEquals, assertRejects } from "@std/assert";
import { drawReformerProjection } from "../../attention/mod.ts";
import { reformerAttention } from "../../functional/mod.ts";
import { Random } from "../../tensor/random.ts";
import { assertWithin } from "../helpers/compare.ts";
import { attendDensely, dot, exact, headRow, range, rounded } from "../helpers/dense.ts";
import { isVisible } from "../helpers/dense_patterns.ts";
import { checkCases } from "../helpers/draw.ts";

Deno.test("reformerAttention() attends to its bucket nearby, in 30 drawn cases", async () => {
  await checkCases(30, (draw) => ({
    batch: draw.integer(1, 2),
    tokens: draw.pick([1, 5, 64, 70, 130, 200]),
    heads: draw.integer(1, 2),
    width: draw.integer(2, 5),
    columns: draw.integer(1, 3),
  }), async ({ width, columns, ...shape }, draw) => {
    const { batch, tokens, heads } = shape;
    const [query, value] = [1, 2].map(() => draw.normals(batch * tokens * heads * width));
    const mask = draw.mask(batch, tokens);
    const projection = draw.normals(heads * width * columns);
    const input = { query, key: query, value, mask };
    const output = await reformerAttention(input, { ...shape, projection });
    const vector = (x: Float32Array, b: number, t: number, h: number) =>
      headRow(x, b * tokens + t, h, heads, width);
    const order = (b: number, h: number) => {
      const products = (t: number) =>
        range(0, columns).map((c) =>
          dot(
            vector(query, b, t, h),
            range(0, width).map((d) => projection[(h * width + d) * columns + c]),
          )
        );
      const bucket = (t: number) => {
        const both = products(t).flatMap((x, c) => [{ x, at: c }, { x: -x, at: columns + c }]);
        return both.reduce((best, one) => one.x > best.x ? one : best).at;
      };
      return range(0, tokens).filter((t) => isVisible(mask, b * tokens + t))
        .map((t) => ({ t, bucket: bucket(t) }))
        .sort((one, other) => one.bucket - other.bucket || one.t - other.t);
    };
    const orders = range(0, batch).map((b) => range(0, heads).map((h) => order(b, h)));
    const expected = attendDensely({ batch, rows: tokens, heads, width }, (b, i, h) => {
      const sorted = orders[b][h];
      const position = sorted.findIndex(({ t }) => t === i);
      if (position < 0) return [];
      const others = sorted.filter(({ t, bucket }, at) => {
        const behind = Math.floor(position / 64) - Math.floor(at / 64);
        return bucket === sorted[position].bucket && t !== i && (behind === 0 || behind === 1);
      });
      return (others.length > 0 ? others : [sorted[position]]).map(({ t }) => {
        const q = vector(query, b, t, h);
        return {
          query: exact(vector(query, b, i, h)),
          key: rounded(exact(q.map((x) => x / Math.sqrt(dot(q, q))))),
          value: exact(vector(value, b, t, h)),
        };
      });
    });
    assertWithin(output, expected);
  });
});

Deno.test("reformerAttention() draws its hashes from the seed", async () => {
  const [query, value] = [1, 2].map((seed) => new Random(seed).normals(300 * 4));
  const shape = { batch: 1, tokens: 300, heads: 2 };
  const run = (more: object) =>
    reformerAttention({ query, key: query, value }, { ...shape, ...more });
  const projection = drawReformerProjection(300, 2, 2, new Random(6));
  assertEquals(await run({ projection }), await run({ seed: 6 }));
});

Deno.test("reformerAttention() refuses a matrix that does not fit", async () => {
  const x = new Float32Array(6);
  const projection = new Float32Array(4);
  await assertRejects(
    () =>
      reformerAttention({ query: x, key: x, value: x }, {
        batch: 1,
        tokens: 2,
        heads: 1,
        projection,
      }),
    RangeError,
  );
});
