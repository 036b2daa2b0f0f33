/** Operations that do their work in several turns, because memory between kernels is limited. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { CpuBackend } from "../../cpu/mod.ts";
import { chunkRows } from "../../gpu/feed_forward.ts";
import { GpuBackend } from "../../gpu/mod.ts";
import type { Backend, Floats } from "../../ops/backend.ts";
import { draw, testOnGpu } from "./backends.ts";
import { attendFeatures } from "../../ops/attend_features.ts";
import { attendHashed } from "../../ops/attend_hashed.ts";
import { linearInputs } from "../../ops/linear_inputs.ts";

/** The values of a call, and how many kernels it launches. */
async function run(
  backend: GpuBackend,
  call: (backend: GpuBackend) => Floats,
): Promise<{ values: number[]; launches: number }> {
  const before = backend.counts.launches;
  const y = backend.scope(() => call(backend));
  const values = [...await y.getData()];
  y.dispose();
  return { values, launches: backend.counts.launches - before };
}

/**
 * Asserts that a call on all rows or sequences gives what calls on some after the others give.
 *
 * @param call On values from `first` to `end`, in turns.
 * @param parts Where calls that take one turn start and end; together all values.
 * @param launches Kernels of a turn.
 * @param turns Turns of the call on all values.
 */
async function checkTurns(
  call: (backend: GpuBackend, first: number, end: number) => Floats,
  parts: readonly (readonly [number, number])[],
  launches: number,
  turns: number,
): Promise<void> {
  // The tiles for emulated processors are 96 columns wide, most of which nobody needs here.
  const backend = await GpuBackend.open({ isEmulated: false });
  const all = await run(backend, (backend) => call(backend, 0, parts.at(-1)![1]));
  assertEquals(all.launches, launches * turns);
  const values: number[] = [];
  for (const [first, end] of parts) {
    const some = await run(backend, (backend) => call(backend, first, end));
    assertEquals(some.launches, launches);
    for (const value of some.values) values.push(value);
  }
  assertEquals(all.values, values);
  backend.dispose();
}

testOnGpu("feedForward() takes some rows after the others", async () => {
  // 2²³ values between the layers: 128 of these rows.
  const [inputs, inner, outputs] = [1, 2 ** 16, 2];
  const x = draw(129 * inputs, 1);
  const [up, down] = [draw(inner * inputs, 2), draw(outputs * inner, 3)];
  await checkTurns(
    (backend, first, end) =>
      backend.feedForward(
        backend.floats(x.slice(first * inputs, end * inputs), [end - first, inputs]),
        { weight: backend.weight(up, [inner, inputs]) },
        "relu",
        { weight: backend.weight(down, [outputs, inner]) },
      ),
    [[0, 128], [128, 129]],
    2,
    2,
  );
});

testOnGpu("attendFeatures() takes some heads after the others", async () => {
  // 2²³ features: 5 of 6 heads.
  const [tokens, heads, features] = [1024, 3, 1366];
  const operands = [1, 2, 3].map((seed) => draw(2 * tokens * heads, seed));
  const projection = draw(features, 4);
  const ones = new Int32Array(2 * tokens).fill(1);
  await checkTurns(
    (backend, first, end) => {
      const [query, key, value] = operands.map((values) =>
        backend.floats(values.slice(first * tokens * heads, end * tokens * heads), [
          end - first,
          tokens,
          heads,
        ])
      );
      const mask = backend.integers(ones.slice(first * tokens, end * tokens), [
        end - first,
        tokens,
      ]);
      return backend.run(attendFeatures, query, key, value, mask, {
        heads,
        map: "random",
        projection: backend.floats(projection, [features, 1]),
      });
    },
    [[0, 1], [1, 2]],
    8,
    2,
  );
});

testOnGpu("attendHashed() takes some heads after the others", async () => {
  // 2²³ scores: 5 of 6 heads, where all tokens see each other.
  const [tokens, heads] = [1183, 3];
  const [queries, values] = [1, 2].map((seed) => draw(2 * tokens * heads, seed));
  const projection = draw(heads * 2, 3);
  const ones = new Int32Array(2 * tokens).fill(1);
  await checkTurns(
    (backend, first, end) => {
      const dims = [end - first, tokens, heads];
      const [query, value] = [queries, values].map((x) =>
        backend.floats(x.slice(first * tokens * heads, end * tokens * heads), dims)
      );
      const mask = backend.integers(ones.slice(first * tokens, end * tokens), dims.slice(0, 2));
      const matrix = backend.floats(projection, [heads, 1, 2]);
      return backend.run(attendHashed, query, value, mask, matrix, tokens);
    },
    [[0, 1], [1, 2]],
    6,
    2,
  );
});

testOnGpu("linear() takes operands that are split into parts", async () => {
  // Rows of 32 bytes: 32 rows of x and of the weights a part, 5 rows of y.
  const split = await GpuBackend.open({ largestBinding: 1024 });
  const whole = await GpuBackend.open();
  const [x, weight, bias] = [draw(70 * 8, 1), draw(40 * 8, 2), draw(40, 3)];
  const [actual, expected] = await Promise.all(
    [split, whole].map((backend) =>
      run(backend, () =>
        backend.linear(
          backend.floats(x, [70, 8]),
          backend.weight(weight, [40, 8]),
          backend.floats(bias, [40]),
          "relu",
        ))
    ),
  );
  assertEquals(actual.values, expected.values);
  // 12 parts of y, two of them across parts of x, with each of 2 parts of the weights.
  assertEquals([actual.launches, expected.launches], [28, 1]);
  split.dispose();
  whole.dispose();
});

testOnGpu("linearInputs() adds the parts of weights that are split", async () => {
  const split = await GpuBackend.open({ largestBinding: 1024 });
  const [dy, weight] = [draw(5 * 40, 1), draw(40 * 8, 2)];
  const call = (backend: Backend) =>
    backend.run(linearInputs, backend.floats(dy, [5, 40]), backend.weight(weight, [40, 8]));
  const { values, launches } = await run(split, call);
  assertEquals(launches, 2);
  const reference = new CpuBackend();
  // Sums of 40 products of standard normals, each up to 12.
  call(reference).data.forEach((wanted, i) =>
    assertAlmostEquals(values[i], wanted, 42 * 2 ** -24 * 40)
  );
  reference.dispose();
  split.dispose();
});

Deno.test("chunkRows() takes whole tiles, as many as 32 MiB hold", () => {
  assertEquals(chunkRows(0, 3072), 0);
  assertEquals(chunkRows(100, 3072), 100);
  assertEquals(chunkRows(2688, 3072), 2688);
  assertEquals(chunkRows(4096, 3072), 2048);
  assertEquals(chunkRows(16384, 3072), 2432);
  assertEquals(chunkRows(1000, 2 ** 23), 128);
});
