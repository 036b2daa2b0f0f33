import { assertStored, type Steps } from "./compared_backends.ts";

/** Products around whole vectors and workgroups. */
export const multiplyCases: Steps = async (backends, step) => {
  await step("of each number of values", async () => {
    for (const count of [0, 1, 3, 4, 5, 7, 8, 9, 31, 255, 256, 257, 2000]) {
      await backends.compare(String(count), (backend) => [
        backend.multiply(
          backend.floats(backends.draw(count), [count]),
          backend.floats(backends.draw(count, 2), [count]),
        ),
      ], assertStored);
    }
  });

  await step("of a tensor with itself, in its shape", async () => {
    await backends.compare("squares", (backend) => {
      const x = backend.floats(backends.draw(30), [2, 3, 5]);
      return [backend.multiply(x, x)];
    }, assertStored);
  });
};
