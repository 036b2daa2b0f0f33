import { assertStored, type Steps } from "./floors.ts";

/** Sums of equal shapes, and of the same rows for each sequence. */
export const addCases: Steps = async (floors, step) => {
  const sizes = [[1, 1, 1], [1, 1, 3], [2, 2, 2], [3, 1, 5], [2, 3, 8], [5, 3, 7], [1, 40, 33]];

  await step("of equal shapes", async () => {
    for (const dims of sizes) {
      const count = dims.reduce((a, b) => a * b);
      await floors.compare(String(dims), (backend) => [
        backend.add(
          backend.floats(floors.draw(count), dims),
          backend.floats(floors.draw(count, 2), dims),
        ),
      ], assertStored);
    }
  });

  await step("of the same rows for each sequence", async () => {
    for (const [batch, ...rest] of sizes) {
      const count = rest.reduce((a, b) => a * b);
      await floors.compare(`${batch} times ${rest}`, (backend) => {
        const x = backend.floats(floors.draw(batch * count), [batch, ...rest]);
        return [backend.add(x, backend.floats(floors.draw(count, 2), [1, ...rest]))];
      }, assertStored);
    }
  });

  await step("of nothing", async () => {
    for (const dims of [[0, 2, 3], [2, 0, 3], [2, 3, 0]]) {
      await floors.compare(String(dims), (backend) => {
        const x = backend.floats(new Float32Array(0), dims);
        return [backend.add(x, x)];
      }, assertStored);
    }
  });
};
