import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { findWorkers } from "../../../wasm/machine/workers.ts";

/** Without some names of this environment while `body` runs. */
async function without(names: readonly string[], body: () => Promise<void> | void): Promise<void> {
  const kept = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name)!);
  names.forEach((name) => Reflect.deleteProperty(globalThis, name));
  try {
    await body();
  } finally {
    names.forEach((name, i) => Object.defineProperty(globalThis, name, kept[i]));
  }
}

/** What a worker with this script answers to "ping", or why it dies. */
async function ask(script: string): Promise<{ answer?: unknown; reason?: string }> {
  const workers = findWorkers()!;
  return await new Promise((resolve) => {
    const worker = workers.start(script, {
      onMessage: (answer) => {
        resolve({ answer });
        worker.terminate();
      },
      onError: (reason) => resolve({ reason }),
    });
    worker.postMessage("ping");
  });
}

const ECHO = "globalThis.onmessage = ({ data }) => postMessage({ heard: data });";

/** Deno has Node's workers too, so both kinds are tested here. */
const PLACES: readonly { kind: string; missing: readonly string[] }[] = [
  { kind: "of the web", missing: [] },
  { kind: "of Node", missing: ["Worker"] },
];

for (const { kind, missing } of PLACES) {
  Deno.test(`findWorkers() finds workers ${kind}, as many as there are cores`, () =>
    without(missing, () => {
      assertEquals(findWorkers()?.cores, navigator.hardwareConcurrency);
    }));

  Deno.test(`a worker ${kind} takes messages, answers and ends`, () =>
    without(missing, async () => {
      assertEquals(await ask(ECHO), { answer: { heard: "ping" } });
    }));

  Deno.test(`a script of a worker ${kind} may be read late`, () =>
    without(missing, async () => {
      const { revokeObjectURL } = URL;
      let revoked = 0;
      URL.revokeObjectURL = (url) => {
        revoked++;
        revokeObjectURL(url);
      };
      try {
        const workers = findWorkers()!;
        const answered = Promise.withResolvers<void>();
        const worker = workers.start(ECHO, {
          onMessage: () => answered.resolve(),
          onError: answered.reject,
        });
        assertEquals(revoked, 0);
        worker.postMessage("ping");
        await answered.promise;
        assertEquals(revoked, kind === "of Node" ? 0 : 1);
        worker.terminate();
      } finally {
        URL.revokeObjectURL = revokeObjectURL;
      }
    }));

  Deno.test(`a worker ${kind} that fails says why`, () =>
    without(missing, async () => {
      const { reason } = await ask('throw new Error("no kernels")');
      assert(reason !== undefined);
      assertStringIncludes(reason, "no kernels");
    }));
}

Deno.test("findWorkers() finds none where memory cannot be shared, or there are none", async () => {
  for (const missing of [["SharedArrayBuffer"], ["Worker", "process"]]) {
    await without(missing, () => assertEquals(findWorkers(), undefined));
  }
});
