import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { Machine } from "../../../wasm/machine/machine.ts";
import { compileKernels } from "../../../wasm/machine/module.ts";
import { NUMBERS } from "../../../wasm/machine/numbers.ts";
import { packWeights } from "../../../wasm/machine/pack_weights.ts";
import { Threads, WorkersRefused } from "../../../wasm/machine/threads.ts";
import type { WorkerEvents, Workers } from "../../../wasm/machine/workers.ts";
import { WasmBackend } from "../../../wasm/mod.ts";
import { warningsOf } from "../../helpers/warnings_of.ts";

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

Deno.test("idle workers stay as long as their runtime says", async () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const { module } = await compileKernels(true);
  for (const idleTime of [20, 60_000]) {
    const started: WorkerEvents[] = [];
    const source: Workers = {
      cores: 1,
      idleTime,
      start: (_, events) => {
        started.push(events);
        queueMicrotask(() => events.onMessage({ isReady: true }));
        return { postMessage: () => {}, terminate: () => {} };
      },
    };
    const shared = { module, memory, control: 0, products: 0, scratch: [1024] };
    const threads = new Threads(shared, source);
    const running = threads.run(0, 0);
    await pause(0);
    started[0].onMessage({}); // the list has run
    await running;
    await pause(100);
    assertEquals(threads.isRunning, idleTime > 100);
    threads.dispose();
  }
});

Deno.test("one thread starts no workers", async () => {
  await countWorkers(async (count) => {
    const backend = await WasmBackend.open({ threads: 1 });
    assertEquals(await double(backend), [2, 4, 6]);
    assertEquals(count(), 0);
    backend.dispose();
  });
});

Deno.test({
  name: "unless threads are asked for, they start when there is work for them",
  ignore: navigator.hardwareConcurrency < 2,
  fn: startWhenNeeded,
});

async function startWhenNeeded(): Promise<void> {
  const cores = navigator.hardwareConcurrency;
  await countWorkers(async (count) => {
    using backend = await WasmBackend.open();
    assertEquals(backend.threads, cores);
    assertEquals(await double(backend), [2, 4, 6]);
    assertEquals(count(), 0, "a short answer");
    // Short work until it has taken as long as their start.
    const x = backend.floats(new Float32Array(100_000).fill(1.5), [1, 100, 1000]);
    const weight = backend.floats(new Float32Array(1000 * 1000).fill(0.5), [1000, 1000]);
    const first = await backend.linear(x, weight).getData();
    for (let i = 0; i < 10_000 && count() === 0; i++) {
      assertEquals(await backend.linear(x, weight).getData(), first);
    }
    assertEquals(count(), cores);
    assertEquals(await backend.linear(x, weight).getData(), first);
  });
  await countWorkers(async (count) => {
    using backend = await WasmBackend.open();
    const x = backend.floats(new Float32Array(3_000_000).fill(1), [1, 1, 3_000_000]);
    assertEquals((await backend.add(x, x).getData()).at(-1), 2);
    assertEquals(count(), cores, "a long answer");
  });
}

Deno.test("operations that are left when workers start are run by them", async () => {
  using backend = await WasmBackend.open();
  let x = backend.floats(new Float32Array([1, 2, 3]), [1, 1, 3]);
  const half = backend.floats(new Float32Array([0.5, 0, 0, 0, 0.5, 0, 0, 0, 0.5]), [3, 3]);
  for (let i = 0; i < 20_000; i++) x = backend.linear(backend.add(x, x), half);
  assertEquals(await x.getData(), new Float32Array([1, 2, 3]));
});

/** Workers that a runtime refuses, each in its way; `instance` counts from 1. */
const REFUSALS: Record<string, (instance: number, worker: Worker) => void> = {
  "its constructor throws": () => {
    throw new DOMException("denied by the Content Security Policy", "SecurityError");
  },
  "the second constructor throws": (instance) => {
    if (instance === 2) throw new Error("denied");
  },
  "it fails without a message": (_, worker) => {
    worker.terminate();
    setTimeout(() => worker.onerror?.(new ErrorEvent("error", { cancelable: true })), 5);
  },
  "it cannot be sent shared memory": (_, worker) => {
    worker.postMessage = () => {
      throw new DOMException("memory could not be cloned", "DataCloneError");
    };
  },
  "it cannot load the kernels": (_, worker) => {
    const { postMessage } = worker;
    worker.postMessage = (message) => postMessage.call(worker, { ...message, module: undefined });
  },
};

for (const [name, refuse] of Object.entries(REFUSALS)) {
  Deno.test(`a worker that is refused leaves one thread, with a warning: ${name}`, async () => {
    const { Worker } = globalThis;
    let instances = 0;
    globalThis.Worker = class extends Worker {
      constructor(...options: ConstructorParameters<typeof Worker>) {
        super(...options);
        try {
          refuse(++instances, this);
        } catch (error) {
          this.terminate();
          throw error;
        }
      }
    };
    try {
      for (const threads of [2, 3]) {
        instances = 0;
        const backend = await WasmBackend.open({ threads });
        const warnings = await warningsOf(async () => {
          assertEquals(await double(backend), [2, 4, 6]);
          const before = instances;
          assertEquals(await double(backend), [2, 4, 6]);
          assertEquals([backend.threads, instances], [1, before]);
        });
        assertEquals(warnings.length, 1);
        for (const part of ["running on one", "threads: 1", "worker-src blob:", "--allow-worker"]) {
          assertStringIncludes(warnings[0], part);
        }
        backend.dispose();
      }
    } finally {
      globalThis.Worker = Worker;
    }
  });
}

Deno.test("workers that are refused after a rest leave one thread too", async () => {
  const { Worker } = globalThis;
  const backend = await WasmBackend.open({ threads: 2 });
  assertEquals(await double(backend), [2, 4, 6]);
  await pause(300);
  globalThis.Worker = class {
    constructor() {
      throw new Error("no more workers");
    }
  } as unknown as typeof Worker;
  try {
    const warnings = await warningsOf(async () => {
      assertEquals(await double(backend), [2, 4, 6]);
    });
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0], "no more workers");
  } finally {
    globalThis.Worker = Worker;
  }
  backend.dispose();
});

Deno.test("a worker that never says that it is ready counts as refused", async () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const { module } = await compileKernels(true);
  let stopped = 0;
  const silent = { postMessage: () => {}, terminate: () => stopped++ };
  const threads = new Threads(
    { module, memory, control: 0, products: 0, scratch: [1024, 2048] },
    { cores: 2, start: () => silent },
    30,
  );
  await assertRejects(() => threads.run(0, 0), WorkersRefused, "not ready after 0.03 s");
  assertEquals(stopped, 2);
});

Deno.test("where workers start one by one, each waits for the one before it", async () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const { module } = await compileKernels(true);
  const started: WorkerEvents[] = [];
  const source: Workers = {
    cores: 3,
    oneByOne: true,
    start: (_, events) => {
      started.push(events);
      return { postMessage: () => {}, terminate: () => {} };
    },
  };
  const shared = { module, memory, products: 0, scratch: [1024, 2048, 3072] };
  const [one, other, gone] = [0, 256, 512].map((control) =>
    new Threads({ ...shared, control }, source, 30)
  );
  const running = one.run(0, 0);
  const waiting = other.run(0, 0);
  const disposed = gone.run(0, 0);
  gone.dispose();
  await pause(0);
  assertEquals(started.length, 1, "of three backends one starts its first");
  started[0].onMessage({ isReady: true });
  assertEquals(started.length, 2);
  await assertRejects(() => running, WorkersRefused, "not ready after 0.03 s");
  started[1].onMessage({ isReady: true });
  await pause(0);
  assertEquals(started.length, 3, "too late for a third, but the next backend's first");
  await assertRejects(() => waiting, WorkersRefused, "not ready after 0.03 s");
  await assertRejects(() => disposed, Error, "disposed");
  assertEquals(started.length, 3, "none of a backend that was disposed");
});

Deno.test("dispose() while workers start ends the wait with an error", async () => {
  const backend = await WasmBackend.open({ threads: 2 });
  const running = slowly(backend);
  const failed = assertRejects(() => running, Error, "disposed");
  for (let i = 0; i < 3; i++) await Promise.resolve();
  backend.dispose();
  await failed;
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
        signal: AbortSignal.timeout(30_000),
      }).output();
      assert(success, new TextDecoder().decode(stderr) || "did not end within 30 seconds");
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
    signal: AbortSignal.timeout(30_000),
  }).output();
  assert(success, "did not end within 30 seconds");
  assertEquals(new TextDecoder().decode(stdout), "Error\n".repeat(8));
});
