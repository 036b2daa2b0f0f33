import { assertRejects } from "@std/assert";
import { selfExtendAdditive, selfExtendRotary } from "../../functional/mod.ts";
import { assertSameBits, assertWithin } from "../helpers/compare.ts";
import { denseSelfExtendAdditive, denseSelfExtendRotary } from "../helpers/dense_patterns.ts";
import { checkCases, divisors } from "../helpers/draw.ts";

Deno.test("selfExtendRotary() uses the distance of each pair, in 150 drawn cases", async () => {
  await checkCases(150, (draw) => {
    const heads = draw.integer(1, 4);
    return {
      batch: draw.integer(1, 2),
      tokens: draw.integer(1, 18),
      heads,
      keyHeads: draw.pick(divisors(heads)),
      width: 2 * draw.integer(1, 4),
      group: draw.integer(1, 6),
      window: draw.integer(1, 20),
      rope_theta: draw.pick([10000, 100, 1e6]),
    };
  }, async ({ width, ...shape }, draw) => {
    const { batch, tokens, heads, keyHeads, rope_theta } = shape;
    const input = {
      query: draw.normals(batch * tokens * heads * width),
      key: draw.normals(batch * tokens * keyHeads * width),
      value: draw.normals(batch * tokens * keyHeads * width),
      mask: draw.mask(batch, tokens),
    };
    const output = await selfExtendRotary(input, shape);
    const sizes = { batch, rows: tokens, heads, width };
    assertWithin(output, denseSelfExtendRotary(input, sizes, { ...shape, theta: rope_theta }));
  });
});

Deno.test("selfExtendAdditive() uses the distance of each pair, in 150 drawn cases", async () => {
  await checkCases(150, (draw) => ({
    batch: draw.integer(1, 3),
    tokens: draw.integer(1, 18),
    heads: 1,
    width: draw.integer(1, 7),
    group: draw.integer(1, 6),
    window: draw.integer(1, 20),
    normed: draw.oneIn(2),
  }), async ({ width, normed, ...shape }, draw) => {
    const { batch, tokens } = shape;
    const size = batch * tokens * width;
    const input = {
      query: draw.normals(size),
      key: draw.normals(size),
      value: draw.normals(size),
      mask: draw.mask(batch, tokens),
    };
    const norm = normed ? { weight: draw.normals(width), bias: draw.normals(width) } : undefined;
    const output = await selfExtendAdditive(input, { ...shape, norm });
    const sizes = { batch, rows: tokens, heads: 1, width };
    assertWithin(output, denseSelfExtendAdditive(input, sizes, { ...shape, norm }));
  });
});

Deno.test("selfExtendRotary() is ordinary causal attention while all pairs are within the window", async () => {
  await checkCases(
    10,
    (draw) => ({ tokens: draw.integer(1, 8), group: draw.integer(1, 4) }),
    async (
      { tokens, group },
      draw,
    ) => {
      const [query, key, value] = [1, 2, 3].map(() => draw.normals(tokens * 4));
      const shape = { batch: 1, tokens, heads: 1 };
      const near = await selfExtendRotary({ query, key, value }, {
        ...shape,
        group,
        window: tokens,
      });
      const plain = await selfExtendRotary({ query, key, value }, {
        ...shape,
        group: 1,
        window: tokens,
      });
      assertSameBits(near, plain);
    },
  );
});

Deno.test("Self-Extend refuses what does not fit, naming it", async () => {
  const x = new Float32Array(12);
  const input = { query: x, key: x, value: x };
  const shape = { batch: 1, tokens: 3, heads: 2, group: 2, window: 2 };
  const refused: [object, string][] = [
    [{ group: 0 }, "Cannot group positions with group 0: wanted a whole number ≥ 1"],
    [{ window: 0 }, "Cannot group positions with window 0: wanted a whole number ≥ 1"],
    [{ window: 1.5 }, "Cannot group positions with window 1.5"],
    [{ heads: 4 }, "Cannot rotate 1 columns of a head: wanted an even number"],
    [{ keyHeads: 4 }, "wanted a divisor of the heads"],
    [{ keyHeads: 1 }, "heads of the same width"],
    [{ keyHeads: 3 }, "key has 4 columns, wanted a multiple of heads 3"],
    [{ keyHeads: 0 }, "wanted a multiple of heads 0"],
    [{ rope_theta: 0 }, "theta 0: wanted a number above 0"],
    [{ rope_theta: NaN }, "theta NaN: wanted a number above 0"],
  ];
  for (const [other, message] of refused) {
    await assertRejects(() => selfExtendRotary(input, { ...shape, ...other }), RangeError, message);
  }
  await assertRejects(
    () => selfExtendAdditive(input, shape),
    RangeError,
    "Cannot add positions with heads 2: this form has one head",
  );
  const norm = { weight: new Float32Array(3), bias: new Float32Array(4) };
  await assertRejects(
    () => selfExtendAdditive(input, { ...shape, heads: 1, norm }),
    RangeError,
    "shape [4] from 3 values",
  );
});
