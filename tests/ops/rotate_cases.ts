import { assertEquals } from "@std/assert";
import { plainRotation, rotaryTurns } from "../../attention/rotary/rotation.ts";
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
          const turns = backends.numbers.storable(
            rotaryTurns(positions, plainRotation(theta, width)),
          );
          return [backend.rotate(x, backend.floats(turns, [1, 7, width]), heads)];
          // Two products of numbers below 6 and their sum: four roundings of at most 12, with the
          // reference's own.
        }, within(() => 4 * UNIT * 12));
      }
    }
  });

  await step("turns nothing at position 0", async () => {
    for (const backend of backends.all) {
      const values = backends.draw(24);
      const x = backend.floats(values, [1, 3, 8]);
      const turns = rotaryTurns(new Int32Array(3), plainRotation(10000, 4));
      const y = backend.rotate(x, backend.floats(turns, [1, 3, 4]), 2);
      assertEquals(await y.getData(), values);
    }
  });

  await step("leaves the columns behind the pairs, and turns back", async () => {
    for (const [width, pairs] of [[8, 3], [20, 5], [7, 2], [64, 8]]) {
      for (const sequences of [1, 2]) {
        for (const isInverse of [false, true]) {
          const [heads, tokens] = [3, 5];
          await backends.compare(`${[width, pairs, sequences, isInverse]}`, (backend) => {
            const dims = [2, tokens, heads * width];
            const x = backend.floats(backends.draw(2 * tokens * heads * width), dims);
            const turns = backends.draw(sequences * tokens * 2 * pairs);
            const turnDims = [sequences, tokens, 2 * pairs];
            return [backend.rotate(x, backend.floats(turns, turnDims), heads, isInverse)];
            // Two products of two numbers below 6 each and their sum, as above.
          }, within(() => 4 * UNIT * 72));
        }
      }
    }
  });
};
