import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Command } from "../../../gpu/machine/commands.ts";
import { DeviceLostError, KernelError, OutOfMemoryError } from "../../../gpu/machine/errors.ts";
import { Machine } from "../../../gpu/machine/machine.ts";
import { GpuStorage } from "../../../gpu/machine/storage.ts";
import { testOnGpu } from "../backends.ts";
import { doubled } from "./doubled.ts";

/** A machine with four ones, and an operation that doubles them. */
async function open() {
  const machine = await Machine.open({});
  const ones = new GpuStorage(machine, "float32", [4], new Float32Array(4).fill(1));
  const double = (work?: number) => {
    const y = new GpuStorage(machine, "float32", [4]);
    machine.record({ ...doubled(machine, ones, y, 4), work });
    return y;
  };
  return { machine, double };
}

const twos = new Float32Array(4).fill(2);

testOnGpu("a pass is one submission and one reading, however many kernels it has", async () => {
  const { machine, double } = await open();
  const results = Array.from({ length: 100 }, () => double());
  assertEquals(machine.counts, { launches: 0, submissions: 0, readBacks: 0 });
  assertEquals(await results[99].read(), twos);
  assertEquals(machine.counts, { launches: 100, submissions: 1, readBacks: 1 });
  assertEquals(machine.pipelines, 1);
  machine.dispose();
});

testOnGpu(
  "a pass of very many kernels is submitted in parts, full ones when it settles",
  async () => {
    const { machine, double } = await open();
    Array.from({ length: 127 }, () => double());
    await machine.settle();
    assertEquals(machine.counts.submissions, 0);
    double();
    await machine.settle();
    assertEquals(machine.counts.submissions, 1);
    const results = Array.from({ length: 300 }, () => double());
    assertEquals(await results[299].read(), twos);
    assertEquals(machine.counts, { launches: 428, submissions: 4, readBacks: 1 });
    machine.dispose();
  },
);

testOnGpu("submissions end where their work is enough", async () => {
  const { machine, double } = await open();
  for (const work of [2 ** 34, 2 ** 34, 2 ** 36, 1, 2 ** 35]) double(work);
  assertEquals(await double().read(), twos);
  // Two of 2³⁴ together, the one of 2³⁶ alone, 1 alone as 2³⁵ comes next.
  assertEquals(machine.counts, { launches: 6, submissions: 4, readBacks: 1 });
  double(2 ** 33);
  await machine.settle();
  assertEquals(machine.counts.submissions, 5);
  double(2 ** 32);
  await machine.settle();
  assertEquals(machine.counts.submissions, 5);
  machine.dispose();
});

testOnGpu("what is staged is there when its operation runs, and free after", async () => {
  const machine = await Machine.open({});
  const size = 2 ** 23;
  const results: GpuStorage[] = [];
  // Twice 32 MiB are submitted at once.
  for (const value of [1, 2, 3]) {
    const y = new GpuStorage(machine, "float32", [4]);
    results.push(y);
    machine.stage(new Float32Array(size).fill(value), (buffer) => ({
      ...doubled(machine, y, y, 4),
      buffers: [buffer, buffer, y.buffer],
    }));
    await machine.settle();
  }
  const read = await Promise.all(results.map((y) => y.read()));
  assertEquals(read.map(([value]) => value), [2, 4, 6]);
  assertEquals(machine.buffers.allocated, 3);
  assertEquals(machine.buffers.bytes <= 2 * 4 * size + 3 * 256, true);
  machine.dispose();
});

testOnGpu(
  "a device that is lost while a pass runs fails what is pending and all after",
  async () => {
    const { machine, double } = await open();
    const [first, second] = [double(), double()];
    const pending = [first.read(), second.read()].map((read) =>
      assertRejects(() => read, DeviceLostError, "open another one")
    );
    machine.device.destroy();
    await Promise.all(pending);
    await assertRejects(() => first.read(), DeviceLostError);
    await assertRejects(() => machine.settle(), DeviceLostError);
    assertThrows(() => double(), DeviceLostError);
    assert(machine.memory().tensors > 0);
    machine.dispose();
    assertEquals(machine.memory(), { tensors: 0, bytes: 0 });

    const next = await open();
    assertEquals(await next.double().read(), twos);
    next.machine.dispose();
  },
);

testOnGpu("a device that is lost between passes fails the next one", async () => {
  const { machine, double } = await open();
  const y = double();
  await y.read();
  machine.device.destroy();
  await machine.device.lost;
  await assertRejects(() => y.read(), DeviceLostError, "WebGPU device was lost");
  machine.dispose();
});

testOnGpu("a call that the driver refuses gives KernelError, and so does all after", async () => {
  const { machine, double } = await open();
  const y = double();
  const good = doubled(machine, y, new GpuStorage(machine, "float32", [4]), 4);
  const wrong: Command = { ...good, buffers: good.buffers.slice(1) };
  machine.record(wrong);
  await assertRejects(() => y.read(), KernelError, "Cannot run the recorded operations");
  await assertRejects(() => y.read(), KernelError);
  assertThrows(() => double(), KernelError);
  machine.dispose();
});

testOnGpu("a kernel that does not compile gives KernelError", async () => {
  const { machine, double } = await open();
  const y = double();
  const kernel = { name: "broken", code: "nonsense" };
  machine.record({ kernel, words: [], buffers: [y.buffer], groups: [1, 1, 1] });
  await assertRejects(() => y.read(), KernelError, "Cannot compile the kernel broken");
  machine.dispose();
});

testOnGpu("a machine without memory gives OutOfMemoryError", async () => {
  const { machine, double } = await open();
  machine.device.popErrorScope = () => Promise.resolve(new GPUOutOfMemoryError("full"));
  const y = double();
  await assertRejects(() => y.read(), OutOfMemoryError, 'or dtype "fp16"');
  machine.dispose();
});

testOnGpu(
  "every buffer of a pass is made where its failure is caught, as want of memory",
  async () => {
    const { machine, double } = await open();
    const { device } = machine;
    const makeBuffer = device.createBuffer.bind(device);
    const [push, pop] = [device.pushErrorScope.bind(device), device.popErrorScope.bind(device)];
    const scopes: string[] = [];
    const made: string[][] = [];
    device.pushErrorScope = (filter) => {
      scopes.push(filter);
      push(filter);
    };
    device.popErrorScope = () => {
      scopes.pop();
      return pop();
    };
    device.createBuffer = (options) => {
      made.push([...scopes].sort());
      return makeBuffer(options);
    };
    const y = double();
    assertEquals(await y.read(), twos);
    // The result, the sizes of the operation, and the copy for the host.
    assertEquals(made, Array(3).fill(["out-of-memory", "validation"]));

    const caught = [new GPUValidationError("invalid buffer"), new GPUOutOfMemoryError("full")];
    device.popErrorScope = () => pop().then(() => caught.shift() ?? null);
    await assertRejects(() => y.read(), OutOfMemoryError);
    machine.dispose();
  },
);

testOnGpu("a machine that was disposed refuses everything, pending readings too", async () => {
  const { machine, double } = await open();
  const y = double();
  const pending = assertRejects(() => y.read(), Error, "was disposed");
  machine.dispose();
  machine.dispose();
  await pending;
  assertThrows(() => double(), Error, "the webgpu backend was disposed");
  await assertRejects(() => machine.settle(), Error, "was disposed");
});

testOnGpu("200 passes leave memory where it was", async () => {
  const { machine, double } = await open();
  const levels = new Set<number>();
  for (let pass = 0; pass < 200; pass++) {
    const results = [double(), double()];
    assertEquals(await results[1].read(), twos);
    results.forEach((result) => result.dispose());
    if (pass > 2) levels.add(machine.buffers.bytes);
  }
  assertEquals(levels.size, 1, `bytes of buffers: ${[...levels]}`);
  assertEquals(machine.memory(), { tensors: 1, bytes: 16 });
  assertEquals(machine.buffers.allocated, 1);
  machine.dispose();
  assertEquals(machine.buffers.bytes, 0);
});
