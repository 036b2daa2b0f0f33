import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { nextTask } from "../../../base/next_task.ts";
import { add } from "../../../wasm/add.ts";
import { command } from "../../../wasm/machine/layout.ts";
import type { Build } from "../../../wasm/machine/module.ts";
import { Machine } from "../../../wasm/machine/machine.ts";
import { WasmBackend } from "../../../wasm/mod.ts";

Deno.test("WasmBackend.open() refuses numbers of threads that there are not", async () => {
  for (const threads of [0, -1, 1.5, NaN, Infinity]) {
    await assertRejects(
      () => WasmBackend.open({ threads }),
      RangeError,
      `Cannot run on ${threads} threads: wanted a whole number ≥ 1`,
    );
  }
});

Deno.test("WasmBackend.open() refuses more threads than it has memory for, before any is made", async () => {
  for (const threads of [257, 2 ** 32]) {
    await assertRejects(
      () => WasmBackend.open({ threads }),
      RangeError,
      `Cannot run on ${threads} threads: wanted at most 256`,
    );
  }
  for (const threads of [Symbol("two"), 2n] as unknown as number[]) {
    await assertRejects(() => WasmBackend.open({ threads }), RangeError, "Cannot run on");
  }
});

Deno.test("WasmBackend.open() refuses a build that there is not", async () => {
  for (const threads of [1, 2]) {
    await assertRejects(
      () => WasmBackend.open({ threads, build: "fast" as Build }),
      RangeError,
      `Cannot run the build "fast"`,
    );
  }
});

Deno.test("without shared memory there is one thread, and more are refused", async () => {
  const { SharedArrayBuffer } = globalThis;
  try {
    Reflect.deleteProperty(globalThis, "SharedArrayBuffer");
    const backend = await WasmBackend.open();
    assertEquals(backend.threads, 1);
    backend.dispose();
    await assertRejects(
      () => WasmBackend.open({ threads: 2 }),
      RangeError,
      "Cannot run on 2 threads: wanted 1",
    );
  } finally {
    Object.assign(globalThis, { SharedArrayBuffer });
  }
});

Deno.test("WasmBackend.open() takes as many threads as there are cores", async () => {
  const backend = await WasmBackend.open();
  assertEquals(backend.threads, navigator.hardwareConcurrency);
  backend.dispose();
});

Deno.test("where 4 GB of shared memory are refused, one thread runs", async () => {
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      if (descriptor.shared) throw new RangeError("could not allocate memory");
      super(descriptor);
    }
  };
  try {
    const backend = await WasmBackend.open();
    assertEquals(backend.threads, 1);
    const x = backend.floats(new Float32Array([1]), [1, 1, 1]);
    assertEquals([...await backend.add(x, x).getData()], [2]);
    backend.dispose();
    await assertRejects(() => WasmBackend.open({ threads: 2 }), RangeError, "could not allocate");
  } finally {
    WebAssembly.Memory = Memory;
  }
});

Deno.test("one thread lets other tasks run inside of an operation", async () => {
  const backend = await WasmBackend.open({ threads: 1 });
  const [rows, width] = [4096, 1024];
  const x = backend.floats(new Float32Array(rows * width), [rows, width]);
  const y = backend.linear(x, backend.weight(new Float32Array(width * width), [width, width]));
  let [tasks, isRunning] = [0, true];
  const result = y.getData().finally(() => isRunning = false);
  for (; isRunning; tasks++) await nextTask();
  await result;
  // 8.6 GFLOP, of which 12 ms are done at a time: 14 times at 50 GFLOPS.
  assert(tasks > 5, `${tasks} tasks ran`);
  backend.dispose();
});

Deno.test("an operation that one thread is in the middle of fails when the backend is disposed", async () => {
  const backend = await WasmBackend.open({ threads: 1 });
  const [rows, width] = [4096, 1024];
  const x = backend.floats(new Float32Array(rows * width), [rows, width]);
  const y = backend.linear(x, backend.weight(new Float32Array(width * width), [width, width]));
  const result = y.getData();
  await nextTask();
  backend.dispose();
  await assertRejects(() => result, Error, "was disposed while it was running");
});

Deno.test("Machine runs nothing twice, and lists in the order of their calls", async () => {
  for (const threads of [1, 2]) {
    const machine = await Machine.open({ threads });
    const [x, y] = [4, 4].map((bytes) => machine.allocate(bytes, true));
    machine.write(x, new Float32Array([1]));
    const runs = [1, 2, 3].map(() => {
      machine.record([
        command(add.definition, { x, y: x, result: y, count: 1, repeat: 1 }),
        command(add.definition, { x: y, y, result: x, count: 1, repeat: 1 }),
      ]);
      return machine.run();
    });
    await Promise.all(runs);
    await machine.run();
    assertEquals([...machine.floats(x, 1), ...machine.floats(y, 1)], [64, 32]);
    assertEquals(machine.memory(), { tensors: 0, bytes: 0 });
    assertStrictEquals(machine.threads, threads);
    machine.dispose();
    await assertRejects(() => machine.run(), Error, "the wasm backend was disposed");
  }
});
