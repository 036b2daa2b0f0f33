import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CpuBackend } from "../../../cpu/mod.ts";
import { invocations, MAIN } from "../../../gpu/machine/commands.ts";
import { Machine } from "../../../gpu/machine/machine.ts";
import { GpuBackend } from "../../../gpu/mod.ts";
import { decodeFloat16, encodeFloat16 } from "../../../tensor/float16.ts";
import { compareOnGpu, draw, DTYPES, half, testOnGpu } from "../backends.ts";

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

testOnGpu("results in float16 are rounded as the host rounds, or infinite", async () => {
  if (!DTYPES.includes("fp16")) return;
  const machine = await Machine.open({ dtype: "fp16" });
  const count = 1 << 16;
  // Numbers of all exponents from 2⁻¹⁴ on, ties, what rounds up to infinity, and what is far beyond.
  const words = Uint32Array.from({ length: count }, (_, i) => {
    const rest = [0, 1, 0xfff, 0x1000, 0x1001, 0x1fff, 0x3000, 0x2fff][i % 8];
    const exponent = 113 + (i >> 3) % 143;
    return (((i & 1) << 31) | (exponent << 23) | (((i * 2654435761) & 0x7fc000) + rest)) >>> 0;
  });
  const values = new Float32Array(words.buffer);
  const edges = [65504, 65519.996, 65520, 65536, 1e38, Infinity, -65520, -Infinity, NaN, 0];
  values.set(edges);
  const x = machine.allocate(4 * count, true);
  machine.write(x, values);
  const [y, exact] = [2, 4].map((bytes) => machine.allocate(bytes * count, false));
  machine.record({
    kernel: {
      name: "stored values",
      code: `
@group(0) @binding(0) var<uniform> count: u32;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<Stored>;
@group(0) @binding(3) var<storage, read_write> exact: array<f32>;
${MAIN}
  if (i < count) {
    y[i] = stored(x[i]);
    exact[i] = nearestHalf(x[i]);
  }
}`,
    },
    words: [count],
    buffers: [x, y, exact],
    groups: invocations(count),
  });
  const [halves, floats] = await machine.read([
    { buffer: y, bytes: 2 * count },
    { buffer: exact, bytes: 4 * count },
  ]);
  const wanted = decodeFloat16(encodeFloat16(values));
  assertEquals(decodeFloat16(new Uint16Array(halves)), wanted);
  // A driver that rounds toward zero would convert the same.
  assertEquals(new Float32Array(floats), wanted);
  assertEquals([...wanted.subarray(0, 3)], [65504, 65504, Infinity]);
  machine.dispose();
});
