import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { CpuBackend, quantizeWeights } from "../../cpu/mod.ts";
import { CpuStorage, weightOf } from "../../cpu/storage.ts";
import { Tensor } from "../../tensor/tensor.ts";

Deno.test("CpuStorage counts until it is given back, which it may be twice", () => {
  const all = new Set<CpuStorage>();
  const values = new Float32Array(6);
  const plain = new CpuStorage(all, values);
  const packed = new CpuStorage(all, values, quantizeWeights(values, 2, 3));
  assertEquals([...all], [plain, packed]);
  assertEquals([plain.bytes, packed.bytes], [6 * 4, 6 * 4 + 6 + 2 * 4]);
  plain.dispose();
  plain.dispose();
  assertEquals([...all], [packed]);
  assertEquals([plain.array, plain.bytes], [undefined, 0]);
});

Deno.test("weightOf() gives the integers of weights that have any", () => {
  const values = new Float32Array([1, 2]);
  const quantized = quantizeWeights(values, 1, 2);
  const weightIn = (storage: CpuStorage) => weightOf(new Tensor("float32", storage, [1, 2]));
  assertStrictEquals(weightIn(new CpuStorage(new Set(), values, quantized)), quantized);
  assertStrictEquals(weightIn(new CpuStorage(new Set(), values)), values);
  assertStrictEquals(weightOf(new Tensor("float32", values, [1, 2])), values);
});

Deno.test("CpuStorage does not give the values of a disposed tensor", async () => {
  const x = new CpuBackend().floats(new Float32Array(1), [1]);
  x.dispose();
  assertThrows(() => x.data, Error, "was disposed");
  await assertRejects(() => x.getData(), Error, "was disposed");
});
