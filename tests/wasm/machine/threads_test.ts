import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Machine } from "../../../wasm/machine/machine.ts";
import { NUMBERS } from "../../../wasm/machine/numbers.ts";
import { packWeights } from "../../../wasm/machine/pack_weights.ts";
import { WasmBackend } from "../../../wasm/mod.ts";

/** Counts the workers that `body` starts. */
async function countWorkers(body: (count: () => number) => Promise<void>): Promise<void> {
  const { Worker } = globalThis;
  let started = 0;
  globalThis.Worker = class extends Worker {
    constructor(...options: ConstructorParameters<typeof Worker>) {
      super(...options);
      started++;
    }
  };
  try {
    await body(() => started);
  } finally {
    globalThis.Worker = Worker;
  }
}

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** Doubles some numbers. */
async function double(backend: WasmBackend): Promise<number[]> {
  const x = backend.floats(new Float32Array([1, 2, 3]), [1, 1, 3]);
  const values = [...await backend.add(x, x).getData()];
  return values;
}

/** A product that takes a while. */
function slowly(backend: WasmBackend): Promise<Float32Array> {
  const x = backend.floats(new Float32Array(2000 * 1000), [2000, 1000]);
  const weight = backend.floats(new Float32Array(1000 * 1000), [1000, 1000]);
  return backend.linear(x, weight).getData();
}

Deno.test("Threads start with the first list, end when idle and come back", async () => {
  await countWorkers(async (count) => {
    const backend = await WasmBackend.open({ threads: 2 });
    assertEquals([backend.threads, count()], [2, 0]);
    assertEquals(await double(backend), [2, 4, 6]);
    assertEquals(await double(backend), [2, 4, 6]);
    assertEquals(count(), 2);
    for (const wanted of [4, 6]) {
      await pause(300);
      assertEquals(await double(backend), [2, 4, 6]);
      assertEquals(count(), wanted);
    }
    backend.dispose();
  });
});

Deno.test("one thread starts no workers", async () => {
  await countWorkers(async (count) => {
    const backend = await WasmBackend.open({ threads: 1 });
    assertEquals(await double(backend), [2, 4, 6]);
    assertEquals(count(), 0);
    backend.dispose();
  });
});

Deno.test("the event loop stays free while threads run", async () => {
  const backend = await WasmBackend.open({ threads: 2 });
  await double(backend);
  let ticks = 0;
  const interval = setInterval(() => ticks++, 1);
  await slowly(backend);
  clearInterval(interval);
  assert(ticks > 2, `${ticks} ticks`);
  backend.dispose();
});

Deno.test("dispose() ends what is running with an error, and all that comes after", async () => {
  const backend = await WasmBackend.open({ threads: 2 });
  await double(backend);
  const running = slowly(backend);
  const failed = assertRejects(() => running, Error, "disposed while it was running");
  await Promise.resolve().then(() => {}).then(() => {});
  backend.dispose();
  await failed;
  assertThrows(() => backend.floats(new Float32Array(1), [1]), Error, "disposed");
  backend.dispose();
});

for (const threads of [1, 2]) {
  Deno.test(`an operation that there is not is an error on ${threads} threads`, async () => {
    for (const operation of [0, Object.keys(NUMBERS).length + 1]) {
      const machine = await Machine.open({ threads });
      machine.record([{ operation, words: [] }]);
      await assertRejects(() => machine.run(), Error, "unreachable");
      machine.record([{ operation: NUMBERS.add, words: [0, 0, 0, 0, 0] }]);
      await assertRejects(() => machine.run(), Error, "unreachable");
      machine.dispose();
    }
  });
}

Deno.test("a thread that dies alone is reported, and the others do not wait for it", async () => {
  for (let i = 0; i < 5; i++) {
    const machine = await Machine.open({ threads: 3 });
    // The first thread packs, and reads past the end of the memory.
    machine.record([packWeights(2 ** 32 - 8, 8, 4, 65536)]);
    // Others may be at the barrier already, or on their way to sleep there.
    await assertRejects(() => machine.run(), Error, "A thread of the wasm backend failed");
    machine.dispose();
  }
});

for (const threads of [1, 2]) {
  for (const isDisposed of [true, false]) {
    const name = isDisposed ? "after dispose()" : "without dispose()";
    Deno.test(`a process on ${threads} threads ends by itself ${name}`, async () => {
      const script = `
        import { WasmBackend } from ${JSON.stringify(import.meta.resolve("../../../wasm/mod.ts"))};
        const backend = await WasmBackend.open({ threads: ${threads} });
        const x = backend.floats(new Float32Array([1, 2]), [1, 1, 2]);
        console.log(String(await backend.add(x, x).getData()));
        if (${isDisposed}) backend.dispose();`;
      const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["eval", script],
        signal: AbortSignal.timeout(5000),
      }).output();
      assert(success, new TextDecoder().decode(stderr) || "did not end within 5 seconds");
      assertEquals(new TextDecoder().decode(stdout), "2,4\n");
    });
  }
}

Deno.test("a process ends by itself after one of its threads has died", async () => {
  const resolve = (name: string) => import.meta.resolve(`../../../wasm/machine/${name}`);
  const script = `
    import { Machine } from "${resolve("machine.ts")}";
    import { packWeights } from "${resolve("pack_weights.ts")}";
    for (let i = 0; i < 8; i++) {
      const machine = await Machine.open({ threads: 3 });
      machine.record([packWeights(2 ** 32 - 8, 8, 4, 65536)]);
      await machine.run().catch((error) => console.log(error.constructor.name));
    }`;
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    signal: AbortSignal.timeout(5000),
  }).output();
  assert(success, "did not end within 5 seconds");
  assertEquals(new TextDecoder().decode(stdout), "Error\n".repeat(8));
});
