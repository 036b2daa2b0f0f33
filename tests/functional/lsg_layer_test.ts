import { assertEquals, assertRejects } from "@std/assert";
import { SPARSITY_TYPES } from "../../attention/mod.ts";
import { lsgLayer } from "../../functional/mod.ts";
import { assertWithin } from "../helpers/compare.ts";
import { denseLsgLayer } from "../helpers/dense_lsg.ts";
import { checkCases, divisors, type Draw } from "../helpers/draw.ts";
import { swapAxes } from "../helpers/swap_axes.ts";

const NEAR_TIE = 1e-6;

function drawSizes(draw: Draw) {
  const block_size = draw.integer(1, 8);
  return {
    batch: draw.integer(1, 3),
    tokens: Math.max(1, draw.integer(1, 5) * block_size + draw.integer(-1, 1)),
    heads: draw.integer(1, 3),
    width: draw.integer(1, 5),
    block_size,
    sparsity_factor: draw.pick(divisors(block_size)),
    causal: draw.oneIn(2),
    global_token: draw.oneIn(2),
  };
}

const TYPES = SPARSITY_TYPES.filter((type) => type !== "lsh");

for (const sparsity_type of TYPES) {
  Deno.test(`lsgLayer() of type ${sparsity_type} attends to the keys of the definition, in 100 drawn cases`, async () => {
    await checkCases(100, drawSizes, async (sizes, draw) => {
      const { batch, tokens, heads, width, block_size, sparsity_factor, global_token } = sizes;
      const shape = {
        ...sizes,
        block: block_size,
        sparseBlock: block_size,
        factor: sparsity_factor,
        type: sparsity_type,
      };
      const drawInput = () => {
        const [query, key, value] = [1, 2, 3].map(() =>
          draw.normals(batch * tokens * heads * width)
        );
        return { query, key, value, mask: draw.mask(batch, tokens) };
      };
      let input = drawInput();
      let dense = denseLsgLayer(input, shape, global_token);
      while (dense.gap < NEAR_TIE) {
        dense = denseLsgLayer(input = drawInput(), shape, global_token);
      }
      const { width: _, ...given } = sizes;
      const toHeads = (x: Float32Array) => swapAxes(x, batch, tokens, heads);
      const output = await lsgLayer({
        query: toHeads(input.query),
        key: toHeads(input.key),
        value: toHeads(input.value),
        mask: input.mask,
      }, { ...given, sparsity_type });
      assertWithin(swapAxes(output, batch, heads, tokens), dense);
    });
  });
}

Deno.test("lsgLayer() has a block of 128, factor 8, type none and a global token by default", async () => {
  const tokens = 300;
  const x = Float32Array.from({ length: tokens }, (_, i) => i);
  const none = new Float32Array(tokens);
  const input = { query: none, key: none, value: x };
  const shape = { batch: 1, heads: 1, tokens };
  const output = await lsgLayer(input, shape);
  const explicit = await lsgLayer(input, {
    ...shape,
    block_size: 128,
    sparsity_factor: 8,
    sparsity_type: "none",
    causal: false,
    global_token: true,
  });
  assertEquals(output, explicit);
  // Token 299 is in the third block: it attends to token 0 and tokens 128 … 299.
  const sum = (128 + 299) * 172 / 2;
  assertEquals(output[299], Math.fround(sum / 173));
});

Deno.test("lsgLayer() refuses lsh, and factors that do not divide the block", async () => {
  const x = new Float32Array(4);
  const input = { query: x, key: x, value: x };
  const shape = { batch: 1, heads: 1, tokens: 4, block_size: 4 };
  await assertRejects(
    () => lsgLayer(input, { ...shape, sparsity_type: "lsh" as "none" }),
    RangeError,
    'Cannot use sparsity_type "lsh" in the stand-alone layer',
  );
  await assertRejects(
    () => lsgLayer(input, { ...shape, sparsity_type: "norm" }),
    RangeError,
    "sparsity_factor 8",
  );
});

Deno.test("lsgLayer() refuses arrays that do not fit, naming them", async () => {
  const shape = { batch: 1, heads: 2, tokens: 3 };
  const six = new Float32Array(6);
  await assertRejects(
    () => lsgLayer({ query: six, key: new Float32Array(9), value: six }, shape),
    RangeError,
    "key has 9 values, wanted a multiple of batch 1 × heads 2 × tokens 3",
  );
  await assertRejects(
    () => lsgLayer({ query: six, key: new Float32Array(12), value: six }, shape),
    RangeError,
    "key has 4 columns, query has 2",
  );
  const listed = [1, 2, 3, 4, 5, 6] as unknown as Float32Array;
  await assertRejects(
    () => lsgLayer({ query: six, key: listed, value: six }, shape),
    TypeError,
    "key",
  );
  const mask = new Int32Array(4);
  await assertRejects(
    () => lsgLayer({ query: six, key: six, value: six, mask }, shape),
    RangeError,
    "mask has 4 values, wanted 3",
  );
});
