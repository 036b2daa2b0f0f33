import { assertEquals, assertRejects } from "@std/assert";
import { drawBigbirdBlocks } from "../../attention/mod.ts";
import { bigbirdAttention, fullAttention } from "../../functional/mod.ts";
import { Random } from "../../tensor/random.ts";
import { assertWithin } from "../helpers/compare.ts";
import { denseBigbird } from "../helpers/dense_comparison.ts";
import { checkCases, Draw } from "../helpers/draw.ts";

Deno.test("bigbirdAttention() attends to its blocks, in 60 drawn cases", async () => {
  await checkCases(60, (draw) => ({
    batch: draw.integer(1, 2),
    tokens: draw.integer(1, 60),
    heads: draw.integer(1, 3),
    width: draw.integer(1, 4),
    block_size: draw.integer(1, 4),
    num_random_blocks: draw.integer(0, 3),
    listed: draw.oneIn(2),
  }), async ({ width, listed, ...shape }, draw) => {
    const { batch, tokens, heads, block_size, num_random_blocks: random } = shape;
    const size = batch * tokens * heads * width;
    const input = {
      query: draw.normals(size),
      key: draw.normals(size),
      value: draw.normals(size),
      mask: draw.mask(batch, tokens),
    };
    const blocks = Math.ceil(tokens / block_size);
    const isDense = blocks <= 5 + 2 * random;
    // Any blocks, also those that are visible anyway or listed twice.
    const given = Int32Array.from(
      { length: isDense ? 0 : heads * (blocks - 2) * random },
      () => draw.integer(0, blocks - 1),
    );
    const seed = tokens;
    const drawn = listed || isDense ? given : drawBigbirdBlocks(shape, new Random(seed));
    const output = await bigbirdAttention(input, {
      ...shape,
      seed,
      randomBlocks: listed ? given : undefined,
    });
    const sizes = { batch, rows: tokens, heads, width };
    const span = isDense ? tokens : block_size;
    assertWithin(
      output,
      denseBigbird(input, sizes, span, (h, i) => {
        const start = (h * (blocks - 2) + i - 1) * random;
        return [...drawn.subarray(start, start + random)];
      }),
    );
  });
});

Deno.test("bigbirdAttention() is full attention up to 704 tokens", async () => {
  const draw = new Draw(1);
  const [query, key, value] = [1, 2, 3].map(() => draw.normals(705));
  const compare = async (tokens: number) => {
    const input = {
      query: query.slice(0, tokens),
      key: key.slice(0, tokens),
      value: value.slice(0, tokens),
    };
    const shape = { batch: 1, tokens, heads: 1 };
    const [sparse, full] = [
      await bigbirdAttention(input, shape),
      await fullAttention(input, shape),
    ];
    return sparse.every((x, i) => x === full[i]);
  };
  assertEquals([await compare(704), await compare(705)], [true, false]);
});

Deno.test("bigbirdAttention() refuses what does not fit", async () => {
  const x = new Float32Array(12);
  const input = { query: x, key: x, value: x };
  const shape = { batch: 1, tokens: 12, heads: 1, block_size: 1 };
  await assertRejects(
    () => bigbirdAttention(input, { ...shape, block_size: 0 }),
    RangeError,
    "block_size 0",
  );
  await assertRejects(
    () => bigbirdAttention(input, { ...shape, randomBlocks: new Int32Array(3) }),
    RangeError,
    "random blocks of 3 values: wanted 30",
  );
  await assertRejects(
    () => bigbirdAttention({ ...input, key: new Float32Array(24) }, shape),
    RangeError,
    "key has 2 columns",
  );
});
