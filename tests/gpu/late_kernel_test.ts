/** Kernels that are imported when they are first used. */
import { assert, assertEquals } from "@std/assert";
import { KERNELS } from "../../gpu/kernels.ts";
import { GpuBackend } from "../../gpu/mod.ts";
import { testOnGpu } from "./backends.ts";
import { topScores } from "../../ops/top_scores.ts";

/** Whether the kernels of an operation have been imported. */
const isImported = (name: "multiply" | "topScores" | "adamW") => {
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

testOnGpu("an opened backend has all kernels", async () => {
  assert(!isImported("adamW"));
  using backend = await GpuBackend.open();
  assert(isImported("adamW"), backend.name);
});
