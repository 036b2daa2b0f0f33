import { assertStored, type Steps } from "./compared_backends.ts";

/** Sums of equal shapes, and of the same rows for each sequence. */
export const addCases: Steps = async (backends, step) => {
  const sizes = [[1], [4], [1, 1, 1], [1, 1, 3], [2, 2, 2], [3, 1, 5], [2, 3, 8], [5, 3, 7], [
    1,
    40,
    33,
  ]];

  await step("of equal shapes", async () => {
    for (const dims of [[], ...sizes]) {
      const count = dims.reduce((a, b) => a * b, 1);
      await backends.compare(String(dims), (backend) => [
        backend.add(
          backend.floats(backends.draw(count), dims),
          backend.floats(backends.draw(count, 2), dims),
        ),
      ], assertStored);
    }
  });

  await step("of the same rows for each sequence", async () => {
    for (const [batch, ...rest] of sizes) {
      const count = rest.reduce((a, b) => a * b, 1);
      await backends.compare(`${batch} times ${rest}`, (backend) => {
        const x = backend.floats(backends.draw(batch * count), [batch, ...rest]);
        return [backend.add(x, backend.floats(backends.draw(count, 2), [1, ...rest]))];
      }, assertStored);
    }
  });

  await step("of nothing", async () => {
    for (const dims of [[0, 2, 3], [2, 0, 3], [2, 3, 0]]) {
      await backends.compare(String(dims), (backend) => {
        const x = backend.floats(new Float32Array(0), dims);
        return [backend.add(x, x)];
      }, assertStored);
    }
  });
};
