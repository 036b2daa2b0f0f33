import { assert, assertEquals, assertThrows } from "@std/assert";
import { Buffers } from "../../../gpu/machine/buffers.ts";
import { openDevice } from "../../../gpu/machine/device.ts";
import { type GpuError, OutOfMemoryError } from "../../../gpu/machine/errors.ts";
import { testOnGpu } from "../backends.ts";

/** A pool of a device, which is closed after the test. */
async function withBuffers(
  body: (buffers: Buffers, device: GPUDevice, errors: GpuError[]) => void | Promise<void>,
  largest = Infinity,
): Promise<void> {
  const device = await openDevice("fp32");
  const errors: GpuError[] = [];
  await body(new Buffers(device, largest, (error) => errors.push(error)), device, errors);
  device.destroy();
}

testOnGpu(
  "buffers that were given back serve operations at once, uploads when settled",
  () =>
    withBuffers((buffers) => {
      const first = buffers.allocate(1000, true);
      buffers.release(first);
      assert(buffers.allocate(1000, true) !== first);
      assertEquals(buffers.allocate(1000, false), first);
      buffers.release(first);
      buffers.settle();
      assertEquals(buffers.allocate(1000, true), first);
      assertEquals(buffers.allocated, 2);
    }),
);

testOnGpu("a buffer that is given back twice is free once", () =>
  withBuffers((buffers) => {
    const first = buffers.allocate(1, false);
    buffers.release(first);
    buffers.release(first);
    assertEquals(buffers.allocate(1, false), first);
    assert(buffers.allocate(1, false) !== first);
  }));

testOnGpu(
  "what is lent to the operations of one call is free for the next",
  () =>
    withBuffers((buffers) => {
      const [first, second] = buffers.withScratch((allocate) => [allocate(64), allocate(64)]);
      assert(first !== second);
      assertThrows(() =>
        buffers.withScratch((allocate) => {
          allocate(64);
          throw new RangeError("refused");
        }), RangeError);
      assertEquals(buffers.allocated, 0);
      assert([first, second].includes(buffers.allocate(256, false)));
    }),
);

testOnGpu("sizes are rounded up by an eighth at most", () =>
  withBuffers((buffers) => {
    for (const bytes of [0, 1, 256, 257, 4096, 4097, 1_000_000, 2 ** 20 + 1]) {
      const { size } = buffers.allocate(bytes, false);
      assert(size >= bytes && size % 256 === 0 && size <= Math.max(256, bytes * 1.125 + 256));
    }
  }));

testOnGpu("no buffer is larger than a binding", () =>
  withBuffers((buffers) => {
    assertEquals(buffers.largest, 1024);
    assertEquals(buffers.allocate(1024, false).size, 1024);
    assertThrows(() => buffers.allocate(1025, false), RangeError, "binds at most 1024 at once");
  }, 1100));

testOnGpu("what nobody takes between two readings is destroyed", () =>
  withBuffers((buffers) => {
    const [kept, left] = [buffers.allocate(256, false), buffers.allocate(512, false)];
    for (const buffer of [kept, left]) buffers.release(buffer);
    buffers.settle();
    buffers.trim();
    assertEquals(buffers.bytes, 768);
    buffers.release(buffers.allocate(256, false));
    buffers.settle();
    buffers.trim();
    assertEquals(buffers.bytes, 256);
    assertEquals(buffers.allocate(256, false), kept);
    buffers.dispose();
    assertEquals([buffers.bytes, buffers.allocated], [0, 0]);
  }));

testOnGpu("memory that there is not is told", () =>
  withBuffers(async (buffers, device, errors) => {
    device.popErrorScope = () => Promise.resolve(new GPUOutOfMemoryError("full"));
    buffers.allocate(256, false);
    await Promise.resolve();
    assert(errors[0] instanceof OutOfMemoryError);
    assertEquals(errors[0].message.includes("make a buffer of 256 bytes"), true);
  }));
