import { assertEquals, assertRejects } from "@std/assert";
import { drawLinformerProjections } from "../../attention/mod.ts";
import { linformerAttention } from "../../functional/mod.ts";
import { Random } from "../../tensor/random.ts";
import { assertWithin } from "../helpers/compare.ts";
import { attendDensely, exact, headRow, range, rounded } from "../helpers/dense.ts";
import { isVisible } from "../helpers/dense_patterns.ts";
import { checkCases } from "../helpers/draw.ts";

Deno.test("linformerAttention() attends to mixed tokens, in 60 drawn cases", async () => {
  await checkCases(60, (draw) => ({
    batch: draw.integer(1, 3),
    tokens: draw.integer(1, 16),
    heads: draw.integer(1, 3),
    width: draw.integer(1, 5),
    length: draw.integer(1, 7),
  }), async ({ width, length, ...shape }, draw) => {
    const { batch, tokens, heads } = shape;
    const [query, key, value] = [1, 2, 3].map(() => draw.normals(batch * tokens * heads * width));
    const mask = draw.mask(batch, tokens);
    const projections = {
      key: draw.normals(length * tokens),
      value: draw.normals(length * tokens),
    };
    const output = await linformerAttention({ query, key, value, mask }, { ...shape, projections });
    const sizes = { batch, rows: tokens, heads, width };
    const expected = attendDensely(sizes, (b, i, h) => {
      const mixed = (matrix: Float32Array, x: Float32Array, r: number) =>
        rounded(
          exact(
            range(0, width).map((d) =>
              range(0, tokens).filter((t) => isVisible(mask, b * tokens + t)).reduce(
                (sum, t) =>
                  sum + matrix[r * tokens + t] * headRow(x, b * tokens + t, h, heads, width)[d],
                0,
              )
            ),
          ),
        );
      return range(0, length).map((r) => ({
        query: exact(headRow(query, b * tokens + i, h, heads, width)),
        key: mixed(projections.key, key, r),
        value: mixed(projections.value, value, r),
      }));
    });
    assertWithin(output, expected);
  });
});

Deno.test("linformerAttention() draws 128 rows from the seed", async () => {
  const [query, key, value] = [1, 2, 3].map((seed) => new Random(seed).normals(6));
  const shape = { batch: 1, tokens: 3, heads: 1 };
  const run = (more: object) => linformerAttention({ query, key, value }, { ...shape, ...more });
  const projections = drawLinformerProjections(3, new Random(4));
  assertEquals(projections.key.length, 128 * 3);
  assertEquals(await run({ projections }), await run({ seed: 4 }));
});

Deno.test("linformerAttention() refuses matrices that do not fit", async () => {
  const x = new Float32Array(6);
  const projections = { key: new Float32Array(4), value: new Float32Array(4) };
  await assertRejects(
    () =>
      linformerAttention({ query: x, key: x, value: x }, {
        batch: 1,
        tokens: 3,
        heads: 1,
        projections,
      }),
    RangeError,
  );
});
