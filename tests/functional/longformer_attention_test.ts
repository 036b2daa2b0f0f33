import { assertEquals, assertRejects } from "@std/assert";
import { longformerAttention } from "../../functional/mod.ts";
import { assertWithin } from "../helpers/compare.ts";
import { denseLongformer } from "../helpers/dense_patterns.ts";
import { checkCases } from "../helpers/draw.ts";

Deno.test("longformerAttention() attends to window and globals, in 150 drawn cases", async () => {
  await checkCases(150, (draw) => ({
    batch: draw.integer(1, 3),
    tokens: draw.integer(1, 24),
    heads: draw.integer(1, 3),
    width: draw.integer(1, 6),
    attention_window: 2 * draw.integer(1, 6),
    globals: draw.pick(["none", "first", "some", "all"] as const),
  }), async ({ width, globals, ...shape }, draw) => {
    const { batch, tokens, heads } = shape;
    const size = batch * tokens * heads * width;
    const isGlobal = {
      none: () => false,
      first: (t: number) => t === 0,
      some: () => draw.oneIn(4),
      all: () => true,
    }[globals];
    const input = {
      query: draw.normals(size),
      key: draw.normals(size),
      value: draw.normals(size),
      queryGlobal: draw.normals(size),
      keyGlobal: draw.normals(size),
      valueGlobal: draw.normals(size),
      mask: draw.mask(batch, tokens),
      globalMask: draw.oneIn(4) ? undefined : Int32Array.from(
        { length: batch * tokens },
        (_, position) => isGlobal(position % tokens) ? 1 : 0,
      ),
    };
    const output = await longformerAttention(input, shape);
    const sizes = { batch, rows: tokens, heads, width };
    assertWithin(output, denseLongformer(input, sizes, shape.attention_window));
  });
});

function inputOf(size: number) {
  const x = new Float32Array(size);
  return { query: x, key: x, value: x, queryGlobal: x, keyGlobal: x, valueGlobal: x };
}

Deno.test("longformerAttention() refuses windows that are not even and positive", async () => {
  for (const attention_window of [0, -2, 3, 1.5, NaN, Infinity]) {
    await assertRejects(
      () => longformerAttention(inputOf(2), { batch: 1, tokens: 2, heads: 1, attention_window }),
      RangeError,
      `Cannot use attention_window ${attention_window}: wanted an even number above 0`,
    );
  }
});

Deno.test("longformerAttention() refuses arrays that do not fit, naming them", async () => {
  const shape = { batch: 1, tokens: 2, heads: 1, attention_window: 2 };
  const wrong = { ...inputOf(2), keyGlobal: new Float32Array(4) };
  await assertRejects(
    () => longformerAttention(wrong, shape),
    RangeError,
    "keyGlobal has 2 columns",
  );
  const globalMask = new Int32Array([1, 3]);
  await assertRejects(
    () => longformerAttention({ ...inputOf(2), globalMask }, shape),
    RangeError,
    "globalMask holds 3 at 1",
  );
  await assertRejects(
    () => longformerAttention({ ...inputOf(2), globalMask: new Int32Array(1) }, shape),
    RangeError,
    "globalMask has 1 values, wanted 2",
  );
  const listed = [1, 0] as unknown as Int32Array;
  await assertRejects(
    () => longformerAttention({ ...inputOf(2), globalMask: listed }, shape),
    TypeError,
    "globalMask",
  );
});

Deno.test("longformerAttention() gives masked rows zeros, global or not", async () => {
  const ones = new Float32Array(3).fill(1);
  const output = await longformerAttention({
    query: ones,
    key: ones,
    value: ones,
    queryGlobal: ones,
    keyGlobal: ones,
    valueGlobal: ones,
    mask: new Int32Array([0, 1, 0]),
    globalMask: new Int32Array([1, 0, 0]),
  }, { batch: 1, tokens: 3, heads: 1, attention_window: 2 });
  assertEquals([...output], [0, 1, 0]);
});
