import { assert, assertEquals } from "@std/assert";
import {
  dequantizeWeights,
  hadamard,
  quantizeRow,
  quantizeWeights,
  roundToBytes,
} from "../../cpu/mod.ts";
import { Random } from "../../tensor/random.ts";

/** Around the edges of padding (64) and of blocks (768). */
const INPUTS = [1, 2, 63, 64, 65, 384, 704, 705, 767, 768, 769, 832, 1535, 1536, 1537];

const padded = (inputs: number) => Math.ceil(inputs / 64) * 64;
const largestOf = (values: ArrayLike<number>) => Math.max(...Array.from(values, Math.abs));

Deno.test("quantizeRow() is off by half a step at most, and the largest becomes ±127", () => {
  for (const inputs of INPUTS) {
    for (const size of [2 ** -90, 1, 1e33]) {
      const row = new Random(inputs).normals(inputs).map((value) => value * size);
      const { values, steps } = quantizeRow(row);
      assertEquals(values.length, padded(inputs));
      assertEquals(steps.length, Math.ceil(padded(inputs) / 768));
      const whole = new Float32Array(padded(inputs));
      whole.set(row);
      steps.forEach((step, block) => {
        const part = whole.subarray(block * 768, (block + 1) * 768);
        hadamard(part);
        const integers = values.subarray(block * 768, (block + 1) * 768);
        assertEquals(largestOf(integers), 127);
        assertEquals(step, Math.fround(largestOf(part) / 127));
        part.forEach((value, i) => {
          // The quotient of at most 127 steps was rounded twice to float32.
          const bound = step * (0.5 + 127 * 2 ** -22);
          assert(Math.abs(step * integers[i] - value) <= bound, `${inputs}: ${block}, ${i}`);
        });
      });
    }
  }
});

Deno.test("quantizeWeights() has the integers of its rows, and steps divided by the group", () => {
  for (
    const [inputs, groups] of [[5, [16]], [768, [64]], [769, [64, 16]], [1152, [64, 32]]] as const
  ) {
    const weight = new Random(inputs).normals(3 * inputs);
    const { values, steps, ...rest } = quantizeWeights(weight, 3, inputs);
    assertEquals(rest, { inputs });
    for (let o = 0; o < 3; o++) {
      const row = quantizeRow(weight.subarray(o * inputs, (o + 1) * inputs));
      const size = padded(inputs);
      assertEquals(values.subarray(o * size, (o + 1) * size), row.values);
      const scaled = row.steps.map((step, block) => step / groups[block]);
      assertEquals(steps.subarray(o * groups.length, (o + 1) * groups.length), scaled);
    }
  }
});

Deno.test("dequantizeWeights() is off by little more than half a step a value", () => {
  for (const inputs of INPUTS) {
    const weight = new Random(inputs).normals(2 * inputs);
    const back = dequantizeWeights(quantizeWeights(weight, 2, inputs));
    assertEquals(back.length, weight.length);
    for (const block of [0, 768]) {
      for (const o of [0, 1]) {
        const part = (all: Float32Array) =>
          all.slice(o * inputs + block, Math.min(o * inputs + block + 768, (o + 1) * inputs));
        const [before, after] = [part(weight), part(back)];
        const errors = before.map((value, i) => value - after[i]);
        const norm = (all: Float32Array) => Math.sqrt(all.reduce((sum, x) => sum + x * x, 0));
        // The largest rotated value is at most √16…64 times the norm, its step a 127th; errors of
        // half a step are rotated back: their norm is half a step's, times √768 values, at most.
        assert(norm(errors) <= norm(before) / 127 / 2 * Math.sqrt(768) * 1.001, `${inputs}`);
        // In fact a row is spread well: half of a step of the largest of 768 normal numbers.
        if (inputs >= 384) assert(norm(errors) <= 0.02 * norm(before) || before.length < 384);
      }
    }
  }
});

Deno.test("a few large values cost the others a tenth of what they do without a rotation", () => {
  const row = new Random(3).normals(768);
  for (const i of [7, 300, 512]) row[i] *= 100;
  const error = (rotated: Float32Array) => {
    const integers = new Int8Array(768);
    const step = roundToBytes(rotated, integers);
    return rotated.reduce((sum, value, i) => sum + (value - step * integers[i]) ** 2, 0);
  };
  const plain = error(row.slice());
  hadamard(row);
  assert(error(row) / 64 < plain / 10);
});

Deno.test("roundToBytes() rounds halves to even", () => {
  const to = new Int8Array(8);
  const values = [127, 0.5, 1.5, -0.5, -1.5, -2.5, 2.5, 2.51];
  assertEquals(roundToBytes(new Float32Array(values), to), 1);
  assertEquals([...to], [127, 0, 2, 0, -2, -2, 2, 3]);
});

Deno.test("roundToBytes() takes zeros and almost nothing as zeros", () => {
  for (const values of [[0, -0], [1e-40, -1e-31], [2 ** -101, 0]]) {
    const to = new Int8Array(2).fill(1);
    assertEquals(roundToBytes(new Float32Array(values), to), 0);
    assertEquals([...to], [0, 0]);
  }
  const to = new Int8Array(2);
  assertEquals(roundToBytes(new Float32Array([2 ** -100, 0]), to), Math.fround(2 ** -100 / 127));
  assertEquals([...to], [127, 0]);
});

Deno.test("roundToBytes() gives NaN where a value is not finite", () => {
  for (const values of [[1, NaN], [0, Infinity], [-Infinity, 0]]) {
    const to = new Int8Array(2).fill(1);
    assertEquals(roundToBytes(new Float32Array(values), to), NaN);
    assertEquals([...to], [0, 0]);
  }
});

Deno.test("quantizeRow() gives NaN for the blocks that are not finite, and for them alone", () => {
  const row = new Float32Array(1600).fill(1);
  row[800] = NaN;
  const { steps, values } = quantizeRow(row);
  assertEquals([...steps].map(Number.isNaN), [false, true, false]);
  assertEquals(largestOf(values.subarray(768, 1536)), 0);
  // 64 equal values add up to more than float32 holds.
  const large = quantizeRow(new Float32Array(768).fill(1e38));
  assertEquals([...large.steps], [NaN]);
});
