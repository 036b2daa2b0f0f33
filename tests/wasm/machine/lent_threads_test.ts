import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { borrowThreads, lendThreads } from "../../../wasm/machine/lent_threads.ts";
import { WasmBackend } from "../../../wasm/mod.ts";
import { warningsOf } from "../../helpers/warnings_of.ts";

/** Locks as a browser has them: each is held until its holder ends, or what it runs is settled. */
class Locks {
  readonly #held = new Map<string, Promise<unknown>>();
  /** Ends all holders. */
  end: () => void = () => {};

  async request(name: string, run: () => unknown): Promise<void> {
    await this.#held.get(name);
    const ended = new Promise<void>((resolve) => this.end = resolve);
    this.#held.set(name, Promise.race([run(), ended]));
  }
}

/**
 * A page and its worker in one: what the page sends to its worker arrives here.
 *
 * @returns The worker, the numbers of threads that run, and what the worker's script is sent.
 */
function makePage() {
  const locks = new Locks();
  Object.defineProperty(globalThis, "crossOriginIsolated", { value: true, configurable: true });
  Object.defineProperty(navigator, "locks", { value: locks, configurable: true });
  const running = new Set<Worker>();
  const { Worker: Plain } = globalThis;
  globalThis.Worker = class extends Plain {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      running.add(this);
    }

    override terminate(): void {
      super.terminate();
      running.delete(this);
    }
  };
  const received: unknown[] = [];
  const worker = {
    postMessage: (data: unknown) => globalThis.dispatchEvent(new MessageEvent("message", { data })),
  } as unknown as Worker;
  return { worker, running, received, locks, end: () => void (globalThis.Worker = Plain) };
}

async function double(backend: WasmBackend): Promise<number[]> {
  const x = backend.floats(new Float32Array([1, 2, 3]), [1, 1, 3]);
  return [...await backend.add(x, x).getData()];
}

/** Waits until a condition holds. */
async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !holds(); i++) await new Promise((done) => setTimeout(done, 10));
  assertEquals(holds(), true);
}

Deno.test("borrowThreads() is for workers", () => {
  Object.defineProperty(globalThis, "document", { value: {}, configurable: true });
  try {
    assertThrows(borrowThreads, Error, "in a page");
  } finally {
    delete (globalThis as { document?: unknown }).document;
  }
});

Deno.test("A page that is not isolated lends no threads", () => {
  const sent: unknown[] = [];
  lendThreads({ postMessage: (data: unknown) => sent.push(data) } as unknown as Worker);
  assertEquals(sent, []);
});

Deno.test("A worker's backends run on threads of its page", async (t) => {
  const { worker, running, received, locks, end } = makePage();
  borrowThreads();
  globalThis.addEventListener(
    "message",
    (event) => received.push((event as MessageEvent).data),
  );
  const waiting = await WasmBackend.open({ threads: 2 });
  const doubled = double(waiting);

  await t.step("once they are lent, which other listeners do not hear of", async () => {
    worker.postMessage("before");
    assertEquals(running.size, 0);
    lendThreads(worker);
    worker.postMessage("behind");
    assertEquals(await doubled, [2, 4, 6]);
    assertEquals(running.size, 2);
    assertEquals(received, ["before", "behind"]);
  });

  await t.step("those of a backend end with it", async () => {
    const other = await WasmBackend.open({ threads: 3 });
    assertEquals(await double(other), [2, 4, 6]);
    assertEquals(running.size, 5);
    other.dispose();
    await until(() => running.size === 2);
    assertEquals(await double(waiting), [2, 4, 6]);
  });

  await t.step("those that fail to start are told of", async () => {
    const { Worker: Counting } = globalThis;
    globalThis.Worker = class extends Counting {
      constructor() {
        super("data:text/javascript,throw new Error('no room')", { type: "module" });
      }
    };
    const backend = await WasmBackend.open({ threads: 2 });
    const warnings = await warningsOf(async () => assertEquals(await double(backend), [2, 4, 6]));
    globalThis.Worker = Counting;
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0], "no room");
    backend.dispose();
    await until(() => running.size === 2);
  });

  await t.step("those that are refused at once, too", async () => {
    const { Worker: Counting } = globalThis;
    globalThis.Worker = class {
      constructor() {
        throw new Error("refused");
      }
    } as unknown as typeof Worker;
    const backend = await WasmBackend.open({ threads: 2 });
    const warnings = await warningsOf(async () => assertEquals(await double(backend), [2, 4, 6]));
    globalThis.Worker = Counting;
    assertStringIncludes(warnings[0], "refused");
    backend.dispose();
  });

  await t.step("all end with the worker", async () => {
    assertEquals(running.size, 2);
    locks.end();
    await until(() => running.size === 0);
  });
  end();
});
