/**
 * The worker that measures a pattern beside full attention, so that the page stays responsive.
 *
 * It receives a {@linkcode MeasureRequest} and posts a {@linkcode MeasureReport} for each pattern.
 *
 * @module
 */
import { openBackend } from "../../device.ts";
import { borrowThreads } from "../../wasm/machine/lent_threads.ts";
import type { Backend } from "../../ops/backend.ts";
import { preparePass } from "./measured_attention.ts";
import type { Values } from "./patterns.ts";

/** What to measure. */
export interface MeasureRequest {
  /** Name of the pattern. */
  readonly pattern: string;
  /** Its choices. */
  readonly values: Values;
}

/** What was measured, or why not. */
export type MeasureReport = { readonly error: string } | {
  /** Whether this is full attention, for comparison. */
  readonly isFull: boolean;
  /** Name of the device. */
  readonly device: string;
  /** Seconds of a pass: the median. */
  readonly seconds: number;
  /** Most megabytes of tensors at a time. */
  readonly megabytes: number;
};

/** A slow pass is measured once. */
const REPEATS = 5;
const MOST_SECONDS = 4;

const worker = self as unknown as {
  onmessage: ((event: { data: MeasureRequest }) => void) | null;
  postMessage(report: MeasureReport): void;
};

borrowThreads();

worker.onmessage = ({ data }) => {
  measure(data).catch((error) => worker.postMessage({ error: String(error) }));
};

async function measure({ pattern, values }: MeasureRequest): Promise<void> {
  const backend = await openBackend("auto");
  try {
    await measureOn(backend, pattern, values);
  } finally {
    backend.dispose();
  }
}

async function measureOn(backend: Backend, pattern: string, values: Values): Promise<void> {
  for (const isFull of [false, true]) {
    const watched = watchMemory(backend);
    const pass = preparePass(isFull ? "full" : pattern, values, watched.backend);
    const times: number[] = [];
    const begin = performance.now();
    // The first pass compiles.
    for (let i = 0; i <= REPEATS; i++) {
      const start = performance.now();
      await pass();
      times.push(performance.now() - start);
      if (performance.now() - begin > MOST_SECONDS * 1000) break;
    }
    const warm = times.length > 1 ? times.slice(1) : times;
    warm.sort((a, b) => a - b);
    worker.postMessage({
      isFull,
      device: backend.name,
      seconds: warm[Math.floor(warm.length / 2)] / 1000,
      megabytes: watched.mostBytes() / 2 ** 20,
    });
  }
}

/** A backend that asks for the memory in use after each call. */
function watchMemory(backend: Backend): { backend: Backend; mostBytes: () => number } {
  let most = 0;
  const watched = new Proxy(backend, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        const result = value.apply(target, args);
        most = Math.max(most, target.memory().bytes);
        return result;
      };
    },
  });
  return { backend: watched, mostBytes: () => most };
}
