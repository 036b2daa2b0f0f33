import { assertEquals } from "@std/assert";
import { attendHashed } from "../../gpu/attend_hashed.ts";
import { Machine } from "../../gpu/machine/machine.ts";
import { GpuStorage } from "../../gpu/machine/storage.ts";
import { attentionBound } from "../../verify/bounds.ts";
import { attendHashedCases, checkHashed, type HashedBound } from "../rooms/attend_hashed_cases.ts";
import { UNIT } from "../rooms/floors.ts";
import { draw, testOnFloors, testOnGpu } from "./floors.ts";

/**
 * The bound of verify/bounds.ts with what WGSL lets be off by more than a rounding:
 * - The factor that makes a query a key: squares, each of a quotient off by 5u, are off by 11u,
 *   their sum by `width·u` more, and the root halves that and adds 9u (it is a quotient and an
 *   inverse root of 2 units); a product with another root, 10u, and two quotients: less than
 *   `width/2 + 36` roundings.
 * - `exp(x)`, by `3 + 2|x|` units in the last place, 2u each, with differences of scores up to
 *   `2S`, above and below the division, which itself may be off by 5u.
 */
const bound: HashedBound = (size) => {
  const factor = size.width / 2 + 36;
  const difference = 2 * size.scale * size.query * size.key;
  const exponentials = 2 * (3 + 2 * difference) + 5;
  return attentionBound({ ...size, roundings: factor }, UNIT) +
    2 * UNIT * exponentials * size.value;
};

testOnFloors("attendHashed()", async (floors, step) => {
  await attendHashedCases(floors, step, bound);

  await step("of buckets and chunks that are larger than a workgroup", async () => {
    await checkHashed(floors, { tokens: 700, width: 2, columns: 1, chunk: 300, masked: 9 }, bound);
  });

  await step("of chunks that are larger than any sequence", async () => {
    await checkHashed(floors, { tokens: 9, width: 2, columns: 1, chunk: 2 ** 40 }, bound);
  });

  await step("of no token", async () => {
    for (const backend of floors.all) {
      const x = backend.floats(new Float32Array(0), [1, 0, 4]);
      const mask = backend.integers(new Int32Array(0), [1, 0]);
      const matrix = backend.floats(new Float32Array(4), [2, 2, 1]);
      const y = backend.attendHashed(x, x, mask, matrix, 64);
      assertEquals([y.dims, await y.getData()], [[1, 0, 4], new Float32Array(0)]);
    }
  });

  await step("of queries whose squares are no float32 numbers", async () => {
    const [backend] = floors.all; // in float32
    const mask = backend.integers(new Int32Array(3).fill(1), [1, 3]);
    const matrix = backend.floats(new Float32Array([1]), [1, 1, 1]);
    const value = new Float32Array([1, 2, 4]);
    for (const length of [2 ** -90, 2 ** 90]) {
      // The first query's scores of the others are equal: both are 1 as keys.
      const query = new Float32Array([1, length, 2 * length]);
      const [x, v] = [query, value].map((values) => backend.floats(values, [1, 3, 1]));
      assertEquals((await backend.attendHashed(x, v, mask, matrix, 8).getData())[0], 3);
    }
  });
});

testOnGpu("attendHashed() of some heads after the others gives what it gives at once", async () => {
  const machine = await Machine.open({});
  const [batch, tokens, heads, width, columns] = [2, 9, 3, 4, 2];
  const dims = [batch, tokens, heads * width];
  const stored = (seed: number, dims: number[]) =>
    new GpuStorage(machine, "float32", dims, draw(dims.reduce((a, b) => a * b), seed)).buffer;
  const [query, value] = [stored(1, dims), stored(2, dims)];
  const projection = stored(3, [heads, width, columns]);
  const ones = new Int32Array(batch * tokens).fill(1);
  const mask = new GpuStorage(machine, "int32", [batch, tokens], ones).buffer;
  const results: Float32Array[] = [];
  for (const atOnce of [6, 4, 1]) {
    const y = new GpuStorage(machine, "float32", dims);
    const buffers = { query, value, mask, projection, y: y.buffer };
    const shape = { batch, tokens, heads, width, columns, chunk: 4 };
    const commands = machine.buffers.withScratch((allocate) =>
      attendHashed(buffers, shape, atOnce, allocate)
    );
    assertEquals(commands.length, 6 * Math.ceil(6 / atOnce));
    machine.record(...commands);
    results.push(await y.read() as Float32Array);
  }
  for (const result of results) assertEquals(result, results[0]);
  machine.dispose();
});
