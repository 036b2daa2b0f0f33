import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CpuBackend, quantizeWeights } from "../../cpu/mod.ts";
import { CpuStorage } from "../../cpu/storage.ts";

Deno.test("CpuStorage counts until it is released, which it may be twice", () => {
  const all = new Set<CpuStorage>();
  const values = new Float32Array(6);
  const plain = new CpuStorage(all, values);
  const packed = new CpuStorage(all, values, quantizeWeights(values, 2, 3));
  assertEquals([...all], [plain, packed]);
  assertEquals([plain.bytes, packed.bytes], [6 * 4, 6 * 4 + 2 * 64 + 2 * 4]);
  plain.dispose();
  plain.dispose();
  assertEquals([...all], [packed]);
  assertEquals([plain.array, plain.bytes], [undefined, 0]);
});

Deno.test("CpuStorage does not give the values of a disposed tensor", async () => {
  const x = new CpuBackend().floats(new Float32Array(1), [1]);
  x.dispose();
  assertThrows(() => x.data, Error, "was disposed");
  await assertRejects(() => x.getData(), Error, "was disposed");
});
