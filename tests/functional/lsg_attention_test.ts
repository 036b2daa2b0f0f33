import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { SPARSITY_TYPES } from "../../attention/mod.ts";
import { lsgAttention } from "../../functional/mod.ts";
import { Random } from "../../tensor/random.ts";
import { assertWithin } from "../helpers/compare.ts";
import { denseLsg } from "../helpers/dense_lsg.ts";
import { checkCases, divisors, type Draw } from "../helpers/draw.ts";

/** Choices decided by a smaller margin may go either way (section 1). */
const NEAR_TIE = 1e-6;

const CASES = 120;

function drawSizes(draw: Draw) {
  const block_size = draw.integer(1, 8);
  const sparse_block_size = draw.pick([
    0,
    ...divisors(block_size),
    block_size,
    2 * block_size,
    3 * block_size,
  ]);
  const chunk = Math.min(block_size, sparse_block_size);
  const factors = divisors(chunk).filter((factor) => block_size % factor === 0);
  return {
    batch: draw.integer(1, 3),
    tokens: Math.max(1, draw.integer(1, 5) * block_size + draw.integer(-1, 1)),
    heads: draw.integer(1, 3),
    width: draw.integer(1, 5),
    block_size,
    sparse_block_size,
    sparsity_factor: draw.pick([0, ...factors, ...factors, ...factors]),
    num_global_tokens: draw.integer(1, 4),
    lsh_num_pre_rounds: draw.integer(1, 3),
    mask_first_token: draw.oneIn(6),
    causal: draw.oneIn(2),
  };
}

type Sizes = ReturnType<typeof drawSizes>;

/** Edge conditions; the cases of each type must cover all of them. */
function edgesOf(sizes: Sizes): string[] {
  const { tokens, block_size, sparse_block_size, sparsity_factor, heads, width } = sizes;
  const entries = block_size / sparsity_factor;
  const edges = {
    "no sparse block": sparse_block_size === 0,
    "factor 0": sparsity_factor === 0,
    "factor 1": sparsity_factor === 1 && block_size > 1,
    "one entry a block": sparsity_factor === block_size && block_size > 1,
    "odd entries a block": entries % 2 === 1 && entries > 1 && sparsity_factor > 1,
    "sparse block smaller": sparse_block_size > 0 && sparse_block_size < block_size,
    "sparse block larger": sparse_block_size > block_size,
    "short": tokens <= 2 * block_size,
    "just long": tokens === 2 * block_size + 1,
    "unaligned": tokens % block_size !== 0 && tokens > 2 * block_size,
    "one head": heads === 1,
    "width 1": width === 1,
    "one token": tokens === 1,
    "more heads than a group": heads > sparsity_factor && sparsity_factor > 1,
  };
  return Object.entries(edges).filter(([_, met]) => met).map(([name]) => name);
}
const ALL_EDGES = 14;

function drawInput(sizes: Sizes, draw: Draw) {
  const { batch, tokens, heads, width, num_global_tokens } = sizes;
  const [query, key, value] = [1, 2, 3].map(() => draw.normals(batch * tokens * heads * width));
  const [globalQuery, globalKey, globalValue] = [1, 2, 3].map(() =>
    draw.normals(batch * num_global_tokens * heads * width)
  );
  const mask = draw.mask(batch, tokens);
  return { query, key, value, globalQuery, globalKey, globalValue, mask };
}

/** The matrices of sections 2.2 and 7 for one layer. */
function drawProjections(sizes: Sizes, seed: number): Float32Array[] {
  const { heads, width, block_size, sparse_block_size, sparsity_factor } = sizes;
  const random = new Random(seed);
  const chunk = Math.min(block_size, sparse_block_size);
  const buckets = new Array<number>(sizes.lsh_num_pre_rounds).fill(chunk);
  return [...buckets, chunk / sparsity_factor].map((count) =>
    random.normals(heads * width * Math.floor(count / 2))
  );
}

function interleave(
  { globalOutput, output }: { globalOutput: Float32Array; output: Float32Array },
  batch: number,
): Float32Array {
  const rows = [globalOutput, output];
  return Float32Array.from(
    Array.from(
      { length: batch },
      (_, b) =>
        rows.flatMap((x) => [...x.subarray(b * x.length / batch, (b + 1) * x.length / batch)]),
    ).flat(),
  );
}

for (const sparsity_type of SPARSITY_TYPES) {
  Deno.test(`lsgAttention() of type ${sparsity_type} attends to the keys of the definition, in ${CASES} drawn cases`, async () => {
    const seen = new Set<string>();
    await checkCases(CASES, drawSizes, async (sizes, draw) => {
      const hasSparse = sizes.sparse_block_size > 0 && sizes.sparsity_factor > 0;
      const seed = draw.integer(0, 99);
      const drawn = sparsity_type === "lsh" && hasSparse ? drawProjections(sizes, seed) : undefined;
      const shape = {
        ...sizes,
        block: sizes.block_size,
        sparseBlock: sizes.sparse_block_size,
        factor: sizes.sparsity_factor,
        type: sparsity_type,
        projections: drawn,
      };
      let input = drawInput(sizes, draw);
      let dense = compute(input);
      while (dense.gap < NEAR_TIE) dense = compute(input = drawInput(sizes, draw));

      const projections = draw.oneIn(2) ? drawn : undefined;
      const { width: _, ...given } = sizes;
      const output = await lsgAttention(input, { ...given, sparsity_type, projections, seed });
      assertWithin(interleave(output, sizes.batch), dense);
      edgesOf(sizes).forEach((edge) => seen.add(edge));

      function compute(input: ReturnType<typeof drawInput>) {
        const { batch, tokens, num_global_tokens, mask_first_token } = sizes;
        const mask = Int32Array.from(
          { length: batch * tokens },
          (_, position) =>
            mask_first_token && position % tokens === 0 ? 0 : input.mask?.[position] ?? 1,
        );
        return denseLsg({ ...input, mask }, shape, num_global_tokens);
      }
    });
    assertEquals(seen.size, ALL_EDGES, `met only ${[...seen].join(", ")}`);
  });
}

const SHAPE = {
  batch: 1,
  tokens: 9,
  heads: 1,
  block_size: 2,
  sparse_block_size: 2,
  sparsity_factor: 2,
};

function inputOf(
  width: number,
  draw: (count: number) => Float32Array = (n) => new Float32Array(n),
) {
  return {
    query: draw(9 * width),
    key: draw(9 * width),
    value: draw(9 * width),
    globalQuery: draw(width),
    globalKey: draw(width),
    globalValue: draw(width),
  };
}

Deno.test("lsgAttention() of type lsh is equal for equal seeds and differs for different ones", async () => {
  const random = new Random(1);
  const input = inputOf(4, (count) => random.normals(count));
  // Eight tokens into four buckets: two seeds hash them alike with a probability below 0.001.
  const run = (seed?: number) =>
    lsgAttention(input, {
      ...SHAPE,
      tokens: 9,
      block_size: 4,
      sparse_block_size: 4,
      sparsity_type: "lsh",
      seed,
    });
  assertEquals(await run(5), await run(5));
  assertEquals(await run(), await run(0));
  assertNotEquals(await run(5), await run(6));
});

Deno.test("lsgAttention() refuses seeds that are not whole numbers", async () => {
  for (const seed of [-1, 0.5, NaN]) {
    await assertRejects(
      () => lsgAttention(inputOf(2), { ...SHAPE, sparsity_type: "lsh", sparsity_factor: 1, seed }),
      RangeError,
      `${seed}`,
    );
  }
});

Deno.test("lsgAttention() refuses unaligned lengths with adaptive off", async () => {
  const adaptive = false;
  await assertRejects(
    () => lsgAttention(inputOf(1), { ...SHAPE, adaptive }),
    RangeError,
    "Cannot attend to 9 tokens with adaptive off: wanted at most 4, or a multiple of block_size 2",
  );
  const aligned = await lsgAttention(inputOf(1), {
    ...SHAPE,
    block_size: 3,
    sparsity_factor: 0,
    adaptive,
  });
  assertEquals(aligned.output.length, 9);
  const short = await lsgAttention(inputOf(1), {
    ...SHAPE,
    block_size: 8,
    adaptive,
    sparsity_factor: 0,
  });
  assertEquals(short.output.length, 9);
});

Deno.test("lsgAttention() refuses what does not fit, naming it", async () => {
  const input = inputOf(2);
  const lsh = { sparsity_type: "lsh", block_size: 4, sparse_block_size: 4 } as const;
  const refused: [object, object, string][] = [
    [{}, { block_size: 0 }, "Cannot use block_size 0"],
    [
      {},
      { num_global_tokens: 3 },
      "globalQuery has 2 values, wanted a multiple of batch 1 × rows 3",
    ],
    [{ globalKey: new Float32Array(1) }, {}, "globalKey has 1 columns, key has 2"],
    [{ value: new Float32Array(9), globalValue: new Float32Array(1) }, {}, "value has 1 columns"],
    [{}, { ...lsh, projections: [] }, "projections of 0 rounds: wanted 2"],
    [{}, { ...lsh, projections: [new Float32Array(4)] }, "projections of 1 rounds: wanted 2"],
    [{}, { projections: [new Float32Array(4)] }, 'with sparsity_type "norm"'],
    [{}, { ...lsh, projections: [new Float32Array(3), new Float32Array(2)] }, "shape [1,2,2]"],
    [{ mask: new Int32Array(8) }, {}, "mask has 8 values, wanted 9"],
    [{ mask: new Int32Array(8) }, { mask_first_token: true }, "mask has 8 values, wanted 9"],
    [{ mask: new Int32Array(10) }, { mask_first_token: true }, "mask has 10 values, wanted 9"],
    [{ mask: new Int32Array(9).fill(7) }, { mask_first_token: true }, "mask holds 7 at 0"],
  ];
  for (const [arrays, parameters, message] of refused) {
    await assertRejects(
      () => lsgAttention({ ...input, ...arrays }, { ...SHAPE, ...parameters }),
      RangeError,
      message,
    );
  }
});
