import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CpuBackend } from "../../../cpu/mod.ts";
import { Random } from "../../../tensor/random.ts";
import { WasmBackend } from "../../../wasm/mod.ts";

/** Standard normals; the same for the same number. */
const draw = (count: number) => new Random(count).normals(count);

/** Runs on one thread and on two. */
function testOnBoth(name: string, body: (backend: WasmBackend) => void | Promise<void>): void {
  for (const threads of [1, 2]) {
    Deno.test(`${name}, ${threads} threads`, async () => {
      const backend = await WasmBackend.open({ threads });
      try {
        await body(backend);
      } finally {
        backend.dispose();
      }
    });
  }
}

testOnBoth("what linear layers multiply by is packed once for each shape", (backend) => {
  const plain = backend.floats(draw(16 * 4), [16, 4]);
  const before = backend.memory().bytes;
  for (const weight of [plain, plain, plain.reshape([8, 8]), plain.reshape([8, 8])]) {
    const [, inputs] = weight.dims;
    backend.scope(() => {
      backend.linear(backend.floats(draw(2 * inputs), [2, inputs]), weight);
      return [];
    });
  }
  assertEquals(backend.memory().bytes, before + 2 * 16 * 4 * 4);
  plain.dispose();
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
});

testOnBoth("a table is an embedding and weights, in either order", async (backend) => {
  const [values, x] = [draw(9 * 4), draw(8)];
  const cpu = new CpuBackend();
  const wanted = {
    linear: await cpu.linear(cpu.floats(x, [2, 4]), cpu.floats(values, [9, 4])).getData(),
    embed: values.slice(4 * 8, 4 * 9),
  };
  for (
    const [form, packsFirst] of [["floats", true], ["floats", false], ["weight", true]] as const
  ) {
    const table = backend[form](values, [9, 4]);
    const ids = backend.integers(new Int32Array([8]), [1, 1]);
    const embed = () => backend.embed([{ ids, table }]);
    const linear = () => backend.linear(backend.floats(x, [2, 4]), table);
    const [first, second] = packsFirst ? [linear(), embed()] : [embed(), linear()];
    const [embedded, product] = packsFirst ? [second, first] : [first, second];
    assertEquals(await embedded.getData(), wanted.embed);
    // Four products of numbers below 6, each rounded: 6·2⁻²⁴·144.
    (await product.getData()).forEach((value, i) => {
      assertEquals(Math.abs(value - wanted.linear[i]) <= 6 * 2 ** -24 * 144, true);
    });
    assertEquals(await table.getData(), values);
  }
});

testOnBoth("a tensor that was disposed is refused", async (backend) => {
  const x = backend.floats(new Float32Array([1, 2]), [1, 1, 2]);
  const weight = backend.floats(draw(4), [2, 2]);
  backend.linear(x, weight);
  x.dispose();
  x.dispose();
  weight.dispose();
  const other = backend.floats(new Float32Array([1, 2]), [1, 1, 2]);
  assertThrows(() => backend.add(x, other), Error, "was disposed");
  assertThrows(() => backend.add(other, x), Error, "was disposed");
  assertThrows(() => backend.linear(other, weight), Error, "was disposed");
  await assertRejects(() => x.getData(), Error, "was disposed");
  await assertRejects(() => weight.getData(), Error, "was disposed");
  assertThrows(() => x.data, Error, "disposed");
});

testOnBoth("a tensor that is disposed while it is read is refused", async (backend) => {
  const x = backend.floats(new Float32Array([1, 2]), [1, 1, 2]);
  const y = backend.add(x, x);
  const reading = assertRejects(() => y.getData(), Error, "was disposed");
  y.dispose();
  await reading;
});

testOnBoth("the host's arrays may change after they were uploaded", async (backend) => {
  const values = new Float32Array([1, 2]);
  const ids = new Int32Array([1]);
  const table = backend.floats(values, [2, 1]);
  const positions = backend.integers(ids, [1, 1]);
  const y = backend.embed([{ ids: positions, table }]);
  values.fill(9);
  ids.fill(7);
  assertEquals([...await y.getData()], [2]);
  assertEquals([...await backend.embed([{ ids: positions, table }]).getData()], [2]);
});

testOnBoth("part of an array is uploaded as that part", async (backend) => {
  const values = new Float32Array([1, 2, 3, 4]).subarray(1, 3);
  const x = backend.floats(values, [1, 1, 2]);
  assertEquals([...await backend.add(x, x).getData()], [4, 6]);
});
