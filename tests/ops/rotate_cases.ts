import { assertEquals } from "@std/assert";
import { type Steps, UNIT, within } from "./compared_backends.ts";

/** Pairs of columns turned by angles of near and far positions. */
export const rotateCases: Steps = async (backends, step) => {
  await step("turns each pair by its angle", async () => {
    const positions = new Int32Array([0, 1, 2, 100, 4095, 1_000_000, 3]);
    for (const width of [2, 4, 6, 10, 64]) {
      for (const theta of [1, 10000, 500000.5]) {
        const heads = 3;
        await backends.compare(`width ${width}, theta ${theta}`, (backend) => {
          const x = backend.floats(backends.draw(2 * 7 * heads * width), [2, 7, heads * width]);
          return [backend.rotate(x, backend.integers(positions, [7]), heads, theta)];
          // Sine and cosine of float64 angles, themselves within 1e6·2⁻⁵⁰, rounded to float32; two
          // products of numbers below 6 and their sum: four roundings of at most 12, with the
          // reference's own.
        }, within(() => 4 * UNIT * 12));
      }
    }
  });

  await step("turns nothing at position 0", async () => {
    for (const backend of backends.all) {
      const values = backends.draw(24);
      const x = backend.floats(values, [1, 3, 8]);
      const y = backend.rotate(x, backend.integers(new Int32Array(3), [3]), 2, 10000);
      assertEquals(await y.getData(), values);
    }
  });
};
