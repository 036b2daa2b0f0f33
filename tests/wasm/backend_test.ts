import { checkSettle } from "../helpers/check_settle.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { CpuBackend } from "../../cpu/mod.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { checkForeignTensors, checkIntegers } from "../helpers/check_operands.ts";
import { checkMemory, checkRefusals, checkScope, checkUploads } from "../ops/backend_cases.ts";
import { adamW } from "../../ops/adam_w.ts";
import { weightGradient } from "../../ops/weight_gradient.ts";

for (const threads of [1, 2]) {
  Deno.test("WasmBackend.settle() on one thread lets other tasks run", async () => {
    await checkSettle(await WasmBackend.open({ threads: 1 }));
  });

  Deno.test(`operations and uploads leave each other's memory alone, ${threads} threads`, async () => {
    await checkMemory(await WasmBackend.open({ threads }), threads);
  });

  Deno.test(`an upload does not reach an operation that was recorded before, ${threads} threads`, async () => {
    const backend = await WasmBackend.open({ threads });
    await checkUploads(backend);
    backend.dispose();
  });
}

Deno.test("WasmBackend keeps nothing of tensors and operations that it refuses", async () => {
  const backend = await WasmBackend.open({ threads: 1 });
  checkRefusals(backend);
  backend.dispose();
});

Deno.test("WasmBackend.scope() returns to the level that it started from", async () => {
  await checkScope(await WasmBackend.open({ threads: 1 }));
});

Deno.test("WasmBackend refuses tensors of another backend", async () => {
  for (const dtype of ["fp32", "fp16", "q8"] as const) {
    const backend = await WasmBackend.open({ threads: 1, dtype });
    const others = [new CpuBackend({ dtype }), await WasmBackend.open({ threads: 1, dtype })];
    checkForeignTensors(backend, others);
    [backend, ...others].forEach((each) => each.dispose());
  }
});

Deno.test("WasmBackend takes integers that an operation made as masks, not as indices", async () => {
  const backend = await WasmBackend.open({ threads: 1 });
  checkIntegers(backend);
  backend.dispose();
});

Deno.test("WasmBackend refuses packed weights where plain rows are wanted", async () => {
  for (const dtype of ["fp32", "fp16", "q8"] as const) {
    const backend = await WasmBackend.open({ threads: 1, dtype });
    const weight = backend.weight(new Float32Array(4), [2, 2]);
    const x = backend.floats(new Float32Array(4), [1, 2, 2]);
    const before = backend.memory();
    const message = `Cannot use weights with dtype "${dtype}" here`;
    assertThrows(() => backend.activation(weight, "relu"), TypeError, message);
    assertThrows(() => backend.add(x, weight.reshape([1, 2, 2])), TypeError, message);
    assertThrows(() => backend.linear(x, weight.reshape([4, 1])), TypeError, "shape [4,1]");
    assertEquals(backend.memory(), before);
    backend.dispose();
  }
});

Deno.test("WasmBackend keeps nothing of a list for which there is no memory", async () => {
  const backend = await WasmBackend.open({ threads: 1 });
  const x = backend.floats(new Float32Array(8 * 128), [1, 8, 128]);
  const mask = backend.integers(new Int32Array(8).fill(1), [1, 8]);
  const projection = backend.floats(new Float32Array(0), [1, 128, 0]);
  const before = backend.memory();
  // The sums of 2²⁰ buckets, 257 numbers each, are more than 4 GB.
  const chunk = 2 ** 20;
  const shape = { heads: 1, first: 0, tokens: 8, block: chunk, factor: chunk, chunk };
  assertThrows(
    () => backend.selectLsh(x, x, mask, [projection], shape),
    RangeError,
    "Cannot allocate 4112 MB of WebAssembly memory",
  );
  assertEquals(backend.memory(), before);
  backend.dispose();
});

Deno.test("weights in fewer bits are not changed in place, nor tensors that are held otherwise", async () => {
  const half = await WasmBackend.open({ threads: 1, dtype: "fp16" });
  const rounded = half.weight(new Float32Array(6), [2, 3]);
  const message = 'Cannot change weights with dtype "fp16" in place: wanted "fp32"';
  assertThrows(() => half.like(rounded), TypeError, message);
  const x = half.floats(new Float32Array(6), [3, 2]);
  const y = half.floats(new Float32Array(9), [3, 3]);
  assertThrows(() => half.run(weightGradient, x, y, rounded), TypeError, message);
  half.dispose();
  const backend = await WasmBackend.open({ threads: 1 });
  const weight = backend.weight(new Float32Array(6), [2, 3]);
  const [first, second, gradient] = [1, 2, 3].map(() =>
    backend.floats(new Float32Array(6), [2, 3])
  );
  const settings = { rate: 1, decay: 0, beta1: 0.9, beta2: 0.9, epsilon: 1, step: 1 };
  assertThrows(
    () => backend.run(adamW, weight, gradient, first, second, settings),
    TypeError,
    "some tensors are packed as weights and others are not",
  );
  backend.dispose();
});
