import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CpuBackend, quantizeWeights } from "../../cpu/mod.ts";
import { CpuStorage } from "../../cpu/storage.ts";
import { writeRows } from "../../ops/mod.ts";

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
  const backend = new CpuBackend();
  const [x, known] = [0, 1].map(() => backend.floats(new Float32Array(1), [1]));
  await known.getData();
  [x, known].forEach((tensor) => tensor.dispose());
  assertThrows(() => x.data, Error, "was disposed");
  await assertRejects(() => x.getData(), Error, "was disposed");
  for (const tensor of [x, known]) {
    assertThrows(() => backend.activation(tensor, "relu"), Error, "was disposed");
  }
});

Deno.test("CpuStorage keeps arrays that were given or read as they are", async () => {
  const backend = new CpuBackend();
  const given = new Float32Array([1, 2]);
  const x = backend.floats(given, [1, 2, 1]);
  const index = backend.integers(new Int32Array([1]), [1, 1]);
  const write = (value: number) =>
    backend.run(writeRows, x, index, backend.floats(new Float32Array([value]), [1, 1, 1]));
  write(3);
  const read = await x.getData();
  write(4);
  const { data } = x;
  write(5);
  assertEquals([given, read, data, x.data].map((array) => array[1]), [2, 3, 4, 5]);
});
