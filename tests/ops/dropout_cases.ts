import { assert } from "@std/assert";
import { wordAt } from "../../tensor/counter_words.ts";
import { type Steps, UNIT, within } from "./compared_backends.ts";

/** Dropouts around whole vectors and workgroups: the same values are 0, the others off by roundings. */
export const dropoutCases: Steps = async (backends, step) => {
  const check = within((y) => 2 * UNIT * Math.abs(y));

  await step("of each number of values", async () => {
    for (const count of [0, 1, 3, 4, 5, 7, 8, 9, 31, 255, 256, 257, 2000]) {
      await backends.compare(String(count), (backend) => [
        backend.dropout(backend.floats(backends.draw(count), [count]), 0.3, count),
      ], check);
    }
  });

  await step("of each rate, with large keys", async () => {
    for (const rate of [0, 2 ** -32, 0.1, 0.5, 0.9, 1 - 2 ** -20]) {
      await backends.compare(String(rate), (backend) => [
        backend.dropout(backend.floats(backends.draw(300), [3, 10, 10]), rate, 4294967295),
      ], check);
    }
  });

  await step("of NaN where values are dropped", async () => {
    const drops = Array.from({ length: 64 }, (_, i) => wordAt(9, i) < 2 ** 31);
    assert(drops.includes(true) && drops.includes(false));
    await backends.compare("NaN", (backend) => {
      const x = backend.floats(Float32Array.from(drops, (isDropped) => isDropped ? NaN : 1), [64]);
      return [backend.dropout(x, 0.5, 9)];
    }, check);
  });
};
