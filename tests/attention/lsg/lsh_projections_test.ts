import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { lshColumns, lshProjections } from "../../../attention/lsg/lsh_projections.ts";
import { resolveLsgParameters } from "../../../attention/mod.ts";
import { Random } from "../../../tensor/random.ts";

function parametersOf(block: number, sparseBlock: number, factor: number, rounds = 1) {
  return resolveLsgParameters({
    sparsity_type: "lsh",
    block_size: block,
    sparse_block_size: sparseBlock,
    sparsity_factor: factor,
    lsh_num_pre_rounds: rounds,
  });
}

const shape = { heads: 2, width: 3, layer: 0, seed: 7 };

Deno.test("lshColumns() is half of the buckets, rounded down: m a pre-round, m/f at the end", () => {
  assertEquals(lshColumns(parametersOf(8, 8, 2)), [4, 2]);
  assertEquals(lshColumns(parametersOf(8, 4, 2, 3)), [2, 2, 2, 1]);
  assertEquals(lshColumns(parametersOf(8, 16, 4)), [4, 1]);
  assertEquals(lshColumns(parametersOf(9, 9, 3)), [4, 1]);
  assertEquals(lshColumns(parametersOf(5, 5, 5)), [2, 0]);
});

Deno.test("lshProjections() are one stream of normals, round after round", () => {
  const rounds = lshProjections(parametersOf(8, 8, 2, 2), shape);
  assertEquals(rounds.map((round) => round.length), [24, 24, 12]);
  const stream = new Random(7).normals(60);
  assertEquals(rounds.flatMap((round) => [...round]), [...stream]);
});

Deno.test("lshProjections() of layer l are those of seed + l", () => {
  const parameters = parametersOf(4, 4, 2);
  const second = lshProjections(parameters, { ...shape, layer: 2 });
  assertEquals(second, lshProjections(parameters, { ...shape, seed: 9 }));
  assertNotEquals(second, lshProjections(parameters, shape));
  // The sum is an unsigned 32-bit integer like the seed.
  const wrapped = lshProjections(parameters, { ...shape, seed: 2 ** 32 - 1, layer: 3 });
  assertEquals(wrapped, lshProjections(parameters, { ...shape, seed: 2 }));
});

Deno.test("lshProjections() refuses seeds that are not whole numbers ≥ 0", () => {
  for (const seed of [-1, 0.5, NaN]) {
    assertThrows(() => lshProjections(parametersOf(4, 4, 2), { ...shape, seed }), RangeError);
  }
});
