import { assertEquals, assertRejects } from "@std/assert";
import { fullAttention } from "../../functional/mod.ts";
import { assertWithin } from "../helpers/compare.ts";
import { denseFull } from "../helpers/dense_patterns.ts";
import { checkCases } from "../helpers/draw.ts";

Deno.test("fullAttention() is a softmax over the visible keys, in 100 drawn cases", async () => {
  await checkCases(100, (draw) => ({
    batch: draw.integer(1, 3),
    tokens: draw.integer(1, 20),
    heads: draw.integer(1, 3),
    width: draw.integer(1, 8),
    causal: draw.oneIn(2),
  }), async ({ width, ...shape }, draw) => {
    const { batch, tokens, heads, causal } = shape;
    const [query, key, value] = [1, 2, 3].map(() => draw.normals(batch * tokens * heads * width));
    const input = { query, key, value, mask: draw.mask(batch, tokens) };
    const output = await fullAttention(input, shape);
    assertWithin(output, denseFull(input, { batch, rows: tokens, heads, width }, causal));
  });
});

Deno.test("fullAttention() refuses what does not fit, naming it", async () => {
  const four = new Float32Array(4);
  const input = { query: four, key: four, value: four };
  const shape = { batch: 1, tokens: 2, heads: 1 };
  const refused: [Partial<typeof input> & { mask?: Int32Array }, Partial<typeof shape>, string][] =
    [
      [{}, { heads: 3 }, "query has 2 columns, wanted a multiple of heads 3"],
      [{ key: new Float32Array(2) }, {}, "key has 1 columns, query has 2; wanted the same"],
      [{ value: new Float32Array(8) }, {}, "value has 4 columns, query has 2; wanted the same"],
      [
        { value: new Float32Array(5) },
        {},
        "value has 5 values, wanted a multiple of batch 1 × rows 2",
      ],
      [{ query: new Float32Array(0) }, {}, "query has 0 values"],
      [{ mask: new Int32Array(3) }, {}, "mask has 3 values, wanted 2 for the shape [1,2]"],
      [{ mask: new Int32Array([1, 2]) }, {}, "mask holds 2 at 1, wanted 1 (visible) or 0 (masked)"],
      [{}, { tokens: 0 }, "Cannot attend with tokens 0: wanted a whole number ≥ 1"],
      [{}, { batch: 1.5 }, "Cannot attend with batch 1.5"],
      [{}, { heads: NaN }, "Cannot attend with heads NaN"],
    ];
  for (const [other, sizes, message] of refused) {
    await assertRejects(
      () => fullAttention({ ...input, ...other }, { ...shape, ...sizes }),
      RangeError,
      message,
    );
  }
});

Deno.test("fullAttention() refuses arrays of another type, naming them", async () => {
  const input = {
    query: new Float32Array(2),
    key: new Float32Array(2),
    value: new Float32Array(2),
  };
  const shape = { batch: 1, tokens: 2, heads: 1 };
  const key = new Float64Array(2) as unknown as Float32Array;
  await assertRejects(() => fullAttention({ ...input, key }, shape), TypeError, "key");
  const mask = [1, 1] as unknown as Int32Array;
  await assertRejects(() => fullAttention({ ...input, mask }, shape), TypeError, "mask");
});

Deno.test("fullAttention() leaves its inputs as they were", async () => {
  const arrays = [[1, 2], [3, 4], [5, 6]].map((values) => new Float32Array(values));
  const [query, key, value] = arrays.map((array) => array.slice());
  const mask = new Int32Array([1, 0]);
  await fullAttention({ query, key, value, mask }, { batch: 1, tokens: 2, heads: 1 });
  assertEquals([query, key, value], arrays);
  assertEquals([...mask], [1, 0]);
});
