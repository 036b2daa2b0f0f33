import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { Random } from "../../tensor/random.ts";

// Expected values: an independent Python program written from the published descriptions of
// splitmix32, xoshiro128** and Box–Muller.
const EXPECTED = [
  {
    seed: 0,
    words: [3809008728, 1133695204, 53579671, 2891528803],
    uniform: 0.886853963136673,
    normals: [
      -0.04292568191885948,
      0.48816728591918945,
      -1.373457670211792,
      -2.6232943534851074,
      -2.6088578701019287,
    ],
  },
  {
    seed: 123,
    words: [3146710351, 1913850085, 2160143029, 1836263080],
    uniform: 0.7326506078243256,
    normals: [
      -0.7431541085243225,
      0.26437607407569885,
      -1.052978277206421,
      0.515534520149231,
      0.05904388055205345,
    ],
  },
  {
    seed: 0xffffffff,
    words: [835879718, 1921286648, 2356205009, 1885780724],
    uniform: 0.19461843371391296,
    normals: [
      -1.711105465888977,
      0.5878323912620544,
      -1.0164705514907837,
      0.4093543291091919,
      0.04985601827502251,
    ],
  },
];

for (const { seed, words, uniform, normals } of EXPECTED) {
  Deno.test(`Random(${seed}) draws the numbers of an independent program`, () => {
    const random = new Random(seed);
    assertEquals(words.map(() => random.nextUint32()), words);
    assertEquals(new Random(seed).uniform(), uniform);
    const drawn = new Random(seed).normals(normals.length);
    // One unit in the last place of float32: Math.log, cos and sin may differ in the last bit.
    normals.forEach((normal, i) => assertAlmostEquals(drawn[i], normal, 2 ** -22));
  });
}

Deno.test("Random.normals() continues after an odd count with the second half of the pair", () => {
  const whole = new Random(5).normals(6);
  const parts = new Random(5);
  assertEquals([...parts.normals(1), ...parts.normals(2), ...parts.normals(3)], [...whole]);
});

Deno.test("Random.normals() has mean 0 and variance 1", () => {
  const count = 20_000;
  const drawn = new Random(1).normals(count);
  const mean = drawn.reduce((sum, x) => sum + x, 0) / count;
  const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count;
  // Four standard errors.
  assert(Math.abs(mean) < 4 / Math.sqrt(count), `mean ${mean}`);
  assert(Math.abs(variance - 1) < 4 * Math.sqrt(2 / count), `variance ${variance}`);
});

Deno.test("Random() refuses seeds that are not unsigned 32-bit integers", () => {
  for (const seed of [-1, 0.5, NaN, Infinity, 2 ** 32]) {
    assertThrows(() => new Random(seed), RangeError, `got ${seed}`);
  }
});
