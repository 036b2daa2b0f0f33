import { assertEquals, assertThrows } from "@std/assert";
import { type Steps, UNIT, within } from "./floors.ts";

/** Pairs of columns turned by angles of near and far positions. */
export const rotateCases: Steps = async (floors, step) => {
  await step("turns each pair by its angle", async () => {
    const positions = new Int32Array([0, 1, 2, 100, 4095, 1_000_000, 3]);
    for (const width of [2, 4, 6, 10, 64]) {
      for (const theta of [1, 10000, 500000.5]) {
        const heads = 3;
        await floors.compare(`width ${width}, theta ${theta}`, (backend) => {
          const x = backend.floats(floors.draw(2 * 7 * heads * width), [2, 7, heads * width]);
          return [backend.rotate(x, backend.integers(positions, [7]), heads, theta)];
          // Sine and cosine of float64 angles, themselves within 1e6·2⁻⁵⁰, rounded to float32; two
          // products of numbers below 6 and their sum: four roundings of at most 12, with the
          // reference's own.
        }, within(() => 4 * UNIT * 12));
      }
    }
  });

  await step("turns nothing at position 0", async () => {
    for (const backend of floors.all) {
      const values = floors.draw(24);
      const x = backend.floats(values, [1, 3, 8]);
      const y = backend.rotate(x, backend.integers(new Int32Array(3), [3]), 2, 10000);
      assertEquals(await y.getData(), values);
    }
  });

  await step("refuses odd widths and bases that are not positive", () => {
    for (const backend of floors.all) {
      const x = backend.floats(new Float32Array(6), [1, 1, 6]);
      const positions = backend.integers(new Int32Array(1), [1]);
      assertThrows(() => backend.rotate(x, positions, 2, 10000), RangeError, "head width 3");
      for (const theta of [0, -1, NaN]) {
        assertThrows(() => backend.rotate(x, positions, 1, theta), RangeError, `theta ${theta}`);
      }
    }
  });
};
