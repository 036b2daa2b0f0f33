import { assert, assertEquals } from "@std/assert";
import { groupOf, hadamard, inverseHadamard } from "../../cpu/mod.ts";
import { Random } from "../../tensor/random.ts";

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i], 0);

/** Signs by the definition of the bent function, and the Hadamard matrix's entries by parity. */
function rotated(x: Float32Array, group: number): number[] {
  const bit = (v: number, i: number) => v >> i & 1;
  const flips = (v: number) =>
    bit(v, 0) & bit(v, 1) ^ bit(v, 2) & bit(v, 3) ^ bit(v, 4) & bit(v, 5);
  const parity = (v: number) => [0, 1, 2, 3, 4, 5].reduce((sum, i) => sum ^ bit(v, i), 0);
  return Array.from(x, (_, i) => {
    const [vector, lane] = [Math.floor(i / 4), i % 4];
    const first = Math.floor(vector / group) * group;
    let sum = 0;
    for (let v = 0; v < group; v++) {
      const sign = parity(v & vector - first) ^ flips(v) ? -1 : 1;
      sum += sign * x[(first + v) * 4 + lane];
    }
    return sum;
  });
}

Deno.test("groupOf() is the largest power of two that divides a block's vectors", () => {
  assertEquals([64, 128, 192, 256, 320, 512, 768].map(groupOf), [16, 32, 16, 64, 16, 64, 64]);
});

Deno.test("hadamard() is a signed Hadamard matrix between vectors of a group", () => {
  for (const length of [64, 128, 192, 256, 704, 768]) {
    const x = new Random(length).normals(length).map(Math.round); // sums are exact
    const block = x.slice();
    hadamard(block);
    assertEquals([...block], rotated(x, groupOf(length)).map((value) => value + 0));
    inverseHadamard(block);
    assertEquals(block, x.map((value) => value * groupOf(length)));
  }
});

Deno.test("hadamard() keeps products, up to the group's size", () => {
  const random = new Random(1);
  const [x, w] = [random.normals(768), random.normals(768)];
  const product = dot(x, w);
  hadamard(x);
  hadamard(w);
  // Six roundings of each value, of vectors √64 times as long.
  const bound = 2 * 6 * 2 ** -24 * 64 * Math.sqrt(768) * Math.sqrt(768);
  assert(Math.abs(dot(x, w) - 64 * product) < bound);
});

Deno.test("hadamard() spreads single values and constants evenly", () => {
  const single = new Float32Array(256);
  single[101] = 3;
  hadamard(single);
  assertEquals(single.filter((x) => Math.abs(x) === 3).length, 64);
  const constant = new Float32Array(256).fill(1);
  hadamard(constant);
  assertEquals(constant.map(Math.abs), new Float32Array(256).fill(8));
});
