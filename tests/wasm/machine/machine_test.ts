import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
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
