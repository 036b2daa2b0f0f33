import { assertEquals, assertThrows } from "@std/assert";
import { CpuBackend } from "../../cpu/mod.ts";
import { GpuBackend } from "../../gpu/mod.ts";
import { checkForeignTensors, checkIntegers } from "../helpers/check_operands.ts";
import { checkMemory, checkRefusals, checkScope, checkUploads } from "../ops/backend_cases.ts";
import { DTYPES, testOnGpu } from "./backends.ts";

testOnGpu("operations and uploads leave each other's memory alone", async () => {
  await checkMemory(await GpuBackend.open(), 1);
});

testOnGpu("an upload does not reach an operation that was recorded before", async () => {
  const backend = await GpuBackend.open();
  await checkUploads(backend);
  assertEquals(backend.counts.launches, 3);
  backend.dispose();
});

testOnGpu("GpuBackend keeps nothing of tensors and operations that it refuses", async () => {
  const backend = await GpuBackend.open();
  checkRefusals(backend);
  backend.dispose();
});

testOnGpu("GpuBackend.scope() returns to the level that it started from", async () => {
  await checkScope(await GpuBackend.open());
});

testOnGpu("memory that is reserved is not allocated", async () => {
  const backend = await GpuBackend.open();
  const reserved = backend.reserve([2, 3]);
  assertEquals(backend.memory(), { tensors: 1, bytes: 0 });
  reserved.dispose();
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
  backend.dispose();
});

testOnGpu("GpuBackend refuses tensors of another backend", async () => {
  for (const dtype of DTYPES) {
    const backend = await GpuBackend.open({ dtype });
    const others = [new CpuBackend(), await GpuBackend.open({ dtype })];
    checkForeignTensors(backend, others);
    [backend, ...others].forEach((each) => each.dispose());
  }
});

testOnGpu("GpuBackend takes integers that an operation made as masks, not as indices", async () => {
  const backend = await GpuBackend.open();
  checkIntegers(backend);
  backend.dispose();
});

testOnGpu("GpuBackend keeps nothing of a list for which there is no memory", async () => {
  const backend = await GpuBackend.open({ largestBinding: 1024 });
  const x = backend.floats(new Float32Array(128), [1, 8, 16]);
  const mask = backend.integers(new Int32Array(8).fill(1), [1, 8]);
  const before = backend.memory();
  const projection = backend.floats(new Float32Array(16 * 4), [1, 16, 4]);
  const shape = { heads: 1, first: 0, tokens: 8, block: 8, factor: 1, chunk: 8 };
  // The sums of 8 tokens, 33 numbers each, are larger than the list.
  assertThrows(
    () => backend.selectLsh(x, x, mask, [projection], shape),
    RangeError,
    "binds at most 1024",
  );
  projection.dispose();
  assertEquals(backend.memory(), before);
  backend.dispose();
});
