/** Kernels that are imported when they are first used. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { KERNELS } from "../../gpu/kernels.ts";
import { GpuBackend } from "../../gpu/mod.ts";
import { testOnGpu } from "./backends.ts";
import { adamW } from "../../ops/adam_w.ts";
import { sumRows } from "../../ops/sum_rows.ts";
import { topScores } from "../../ops/top_scores.ts";

/** Whether the kernels of an operation have been imported. */
const isImported = (name: "multiply" | "topScores" | "adamW" | "sumRows" | "dropout") => {
  const kernel = KERNELS[name];
  return !("load" in kernel) || kernel.kernel !== undefined;
};

// In this order: what one test imports stays.
testOnGpu("a late kernel works on what was there when it was recorded", async () => {
  using backend = await GpuBackend.openSmall();
  const count = 64;
  const make = (value: number) => backend.floats(new Float32Array(count).fill(value), [1, count]);
  const [x, y] = [make(3), make(5)];
  const product = backend.multiply(x, y);
  assert(!isImported("multiply"));
  x.dispose();
  y.dispose();
  // These would get the memory of x and y.
  const [a, b] = [make(7), make(11)];
  const sum = backend.add(a, b);
  const next = backend.add(product, sum);
  product.dispose();
  assertEquals((await next.getData()).slice(0, 2), new Float32Array([33, 33]));
  assert(isImported("multiply"));
  [a, b, sum, next].forEach((tensor) => tensor.dispose());
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
});

testOnGpu("a late kernel's own memory is not that of what is recorded after it", async () => {
  using backend = await GpuBackend.openSmall();
  const columns = 3000;
  const values = Float32Array.from({ length: columns }, (_, i) => i * 7 % columns);
  const scores = backend.floats(values, [1, columns]);
  assert(!isImported("topScores"));
  const first = backend.run(topScores, scores, 4);
  // Results in memory that was released before and after the recording above.
  const sums = Array.from({ length: 8 }, () => backend.add(scores, scores));
  sums[0].dispose();
  const last = backend.run(topScores, backend.add(scores, scores), 4);
  assertEquals(await first.values.getData(), new Float32Array([2999, 2998, 2997, 2996]));
  assertEquals(await last.values.getData(), new Float32Array([5998, 5996, 5994, 5992]));
  const doubled = values.map((value) => 2 * value);
  for (const sum of sums.slice(1)) assertEquals(await sum.getData(), doubled);
});

testOnGpu(
  "what comes from a call that a late kernel refuses fails, and the backend lives on",
  async () => {
    using backend = await GpuBackend.openSmall({ largestBinding: 1024 });
    const ones = (...dims: number[]) =>
      backend.floats(new Float32Array(dims.reduce((a, b) => a * b)).fill(1), dims);
    const [split, parameter, first, second, other] = [[4, 128], [128], [128], [128], [128]]
      .map((dims) => ones(...dims));
    assert(!isImported("sumRows") && !isImported("adamW"));
    const sum = backend.run(sumRows, split); // it takes x as a whole
    const next = backend.add(sum, other);
    const fine = backend.add(other, other);
    const settings = { rate: 1, decay: 0, beta1: 0, beta2: 0, epsilon: 1, step: 1 };
    backend.run(adamW, parameter, sum, first, second, settings);
    const message = "Cannot compute with a tensor of 2048 bytes";
    for (const failed of [sum, next, parameter, first, second]) {
      await assertRejects(() => failed.getData(), RangeError, message);
      assertThrows(() => backend.add(failed, other), RangeError, message);
    }
    assertEquals(await fine.getData(), new Float32Array(128).fill(2));
    assertEquals(await backend.add(other, fine).getData(), new Float32Array(128).fill(3));
    assertEquals(await other.getData(), new Float32Array(128).fill(1));
    assert(isImported("sumRows"));
    assertThrows(() => backend.run(sumRows, split), RangeError, message);
    [split, parameter, first, second, other, sum, next, fine].forEach((tensor) => tensor.dispose());
    assertEquals(backend.memory(), { tensors: 1, bytes: 512 });
  },
);

testOnGpu("an opened backend has all kernels", async () => {
  assert(!isImported("dropout"));
  using backend = await GpuBackend.open();
  assert(isImported("dropout"), backend.name);
});
