import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CpuBackend } from "../../../cpu/mod.ts";
import { GpuBackend } from "../../../gpu/mod.ts";
import { compareOnGpu, draw, half, testOnGpu } from "../backends.ts";

compareOnGpu("tensors", async (backends, step) => {
  await step("are read back as they were, whatever their size", async () => {
    for (const count of [0, 1, 2, 3, 5, 64, 1001]) {
      for (const backend of backends.all) {
        const [x, i] = [draw(count), new Int32Array(count).map((_, i) => i - 2)];
        assertEquals(await backend.floats(x, [count]).getData(), x);
        assertEquals(await backend.weight(x, [1, count]).getData(), x);
        assertEquals(await backend.integers(i, [count]).getData(), i);
      }
    }
  });

  await step("take 2 or 4 bytes a value", () => {
    for (const backend of backends.all) {
      const before = backend.memory().bytes;
      backend.floats(new Float32Array(10), [10]);
      backend.integers(new Int32Array(10), [10]);
      assertEquals(backend.memory().bytes - before, backend.dtype === "fp16" ? 60 : 80);
    }
  });

  await step("that were disposed are refused", async () => {
    for (const backend of backends.all) {
      const x = backend.floats(new Float32Array([1, 2]), [1, 1, 2]);
      x.dispose();
      x.dispose();
      const other = backend.floats(new Float32Array([1, 2]), [1, 1, 2]);
      assertThrows(() => backend.add(x, other), Error, "was disposed");
      assertThrows(() => backend.add(other, x), Error, "was disposed");
      await assertRejects(() => x.getData(), Error, "was disposed");
      assertThrows(() => x.data, Error, "disposed");
    }
  });

  await step("that are disposed while they are read are refused", async () => {
    for (const backend of backends.all) {
      const x = backend.floats(new Float32Array([1, 2]), [1, 1, 2]);
      const y = backend.add(x, x);
      const reading = assertRejects(() => y.getData(), Error, "was disposed");
      y.dispose();
      await reading;
    }
  });

  await step("keep their values when the host's array changes", async () => {
    for (const backend of backends.all) {
      const values = new Float32Array([1, 2]);
      const ids = new Int32Array([1]);
      const table = backend.floats(values, [2, 1]);
      const places = backend.integers(ids, [1, 1]);
      const y = backend.embed([{ ids: places, table }]);
      values.fill(9);
      ids.fill(7);
      assertEquals([...await y.getData()], [2]);
      assertEquals([...await backend.embed([{ ids: places, table }]).getData()], [2]);
    }
  });

  await step("of a part of an array hold that part", async () => {
    for (const backend of backends.all) {
      const values = new Float32Array([1, 2, 3, 4]).subarray(1, 3);
      assertEquals([...await backend.floats(values, [2]).getData()], [2, 3]);
    }
  });

  await step("in float16 are rounded to nearest, and never to infinity", async () => {
    for (const backend of backends.all.filter(({ dtype }) => dtype === "fp16")) {
      const values = Float32Array.from({ length: 100 }, (_, i) => Math.exp(i / 9) / 7);
      assertEquals(await backend.floats(values, [100]).getData(), half(values));
      for (const large of [65505, -1e30, Infinity]) {
        assertThrows(
          () => backend.floats(new Float32Array([0, large]), [2]),
          RangeError,
          `Cannot store ${new Float32Array([large])[0]} at position 1 as float16`,
        );
      }
      for (const none of [NaN, -Infinity]) {
        assertThrows(
          () => backend.weight(new Float32Array([0, none]), [1, 2]),
          RangeError,
          `Cannot hold a weight of ${Math.abs(none)}`,
        );
      }
      const x = backend.floats(new Float32Array([1, 40000]), [1, 1, 2]);
      await assertRejects(
        () => backend.add(x, x).getData(),
        RangeError,
        "Cannot read Infinity at position 1 of a float16 tensor",
      );
    }
  });
});

testOnGpu("a table that is larger than a binding is split, looked up and multiplied", async () => {
  const split = await GpuBackend.open({ largestBinding: 512 });
  const cpu = new CpuBackend();
  const values = draw(20 * 16);
  const ids = new Int32Array([0, 7, 8, 15, 16, 19]);
  const table = split.weight(values, [20, 16]);
  assertEquals(await table.getData(), values);
  const [actual, expected] = [split, cpu].map((backend) =>
    backend.embed([{
      ids: backend.integers(ids, [1, 6]),
      table: backend === split ? table : backend.weight(values, [20, 16]),
    }])
  );
  assertEquals(await actual.getData(), expected.data);
  assertThrows(() => split.activation(table, "relu"), RangeError, "binds at most 512 at once");
  assertThrows(
    () => split.linear(actual, split.weight(values, [2, 160])),
    RangeError,
    "binds at most 512 at once",
  );
  split.dispose();
  cpu.dispose();
});
