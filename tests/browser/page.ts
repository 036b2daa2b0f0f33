/**
 * Functions of the page: the cases of `deno task verify`, a pipeline and a training, on any device.
 *
 * The test (in_chromium.ts) calls them by name with JSON arguments and results.
 */
import type { BackendName } from "../../ops/backend.ts";
import { openBackend } from "../../device.ts";
import { type FillMaskResult, pipeline } from "../../pipelines/mod.ts";
import { borrowThreads, lendThreads } from "../../wasm/machine/lent_threads.ts";
import { CpuBackend } from "../../cpu/mod.ts";
import { GpuBackend } from "../../gpu/mod.ts";
import { Random } from "../../tensor/random.ts";
import { allCases, runCases } from "../../verify/verify.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { bounds, SMALLEST } from "../gpu/bounds.ts";
import { ComparedBackends } from "../ops/compared_backends.ts";
import { gradientMagnitudeCases } from "../ops/gradient_magnitudes.ts";
import { sampledCases } from "../verify/sampled_cases.ts";
import { FetchSource } from "./fetch_source.ts";
import { TRAINED, type Trained, trainTiny } from "./train_tiny.ts";

/** Result of `verify`. */
export interface PageVerdict {
  /** Number of cases within their bound. */
  readonly passed: number;
  /** Faults of the other cases. */
  readonly faults: readonly string[];
  /** Threads of the `wasm` device. */
  readonly threads?: number;
}

const page = {
  /** Compares a device with the goldens: with one of so many cases of each whole model. */
  async verify(device: BackendName, every: number): Promise<PageVerdict> {
    const backend = await openBackend(device);
    const cases = await allCases((path) => new FetchSource(`/tests/golden/${path}`));
    const some = sampledCases(cases, every);
    const results = await Array.fromAsync(runCases(some, [backend]));
    const threads = backend instanceof WasmBackend ? backend.threads : undefined;
    backend.dispose();
    const failed = results.filter(({ passed }) => !passed);
    return {
      passed: results.length - failed.length,
      faults: failed.map(({ name, comparisons }) =>
        `${name}: ${comparisons.map(({ fault }) => fault).join("; ")}`
      ),
      threads,
    };
  },

  /** Fills the mask of a text with the embedded model, best word first. */
  async fillMask(
    text: string,
    device?: BackendName,
    threads?: number,
  ): Promise<FillMaskResult[]> {
    const unmasker = await pipeline("fill-mask", "./demo/model", {
      ...(device && { device }),
      ...(threads && { threads }),
    });
    const results = await unmasker(text);
    unmasker.dispose();
    return results as FillMaskResult[];
  },

  /** Makes `page.fillBook`, which fills the masks of a book's first 4,096 tokens. */
  async openBook(): Promise<number> {
    const unmasker = await pipeline("fill-mask", "./demo/model", {
      device: "wasm",
      lsg: { max_sequence_length: 4096 },
    });
    const book = await (await fetch("./demo/northanger_abbey.txt")).text();
    const text = book.slice(0, 17_000).replaceAll(" heroine", " <mask>");
    page.fillBook = async () => {
      await unmasker(text);
    };
    return unmasker.tokenizer(text).input_ids.dims[1];
  },

  /** Set by `openBook`. */
  fillBook: (): Promise<void> => Promise.reject(new Error("Cannot fill: no book is open")),

  /** Computes gradients of numbers of all magnitudes on webgpu; returns what failed. */
  async gradientMagnitudes(): Promise<string[]> {
    const kind = { name: "fp32", backend: await GpuBackend.open(), store: () => 0 };
    const numbers = { smallest: SMALLEST, largest: Infinity, storable: (x: Float32Array) => x };
    const compared = new ComparedBackends(new CpuBackend(), [kind], numbers);
    const faults: string[] = [];
    await gradientMagnitudeCases(compared, async (name, run) => {
      try {
        await run();
        return true;
      } catch (error) {
        faults.push(`${name}: ${(error as Error).message}`);
        return false;
      }
    }, { ...bounds, lost: SMALLEST });
    compared.dispose();
    return faults;
  },

  /**
   * Multiplies rows by weights in 8 bits, on webgpu and on the reference.
   *
   * @returns How many products there are, and how many of them are other bits: of one block and no
   * bias only products are rounded.
   */
  async quantizedProducts(): Promise<{ all: number; other: number }> {
    const [x, weight] = [1, 2].map((seed) => new Random(seed).normals(70 * 300));
    const backends = [new CpuBackend({ dtype: "q8" }), await GpuBackend.open({ dtype: "q8" })];
    const [wanted, actual] = await Promise.all(
      backends.map((backend) =>
        backend.linear(backend.floats(x, [70, 300]), backend.weight(weight, [70, 300])).getData()
      ),
    );
    backends.forEach((backend) => backend.dispose());
    return { all: wanted.length, other: actual.filter((value, i) => value !== wanted[i]).length };
  },

  /** Trains a tiny model. */
  train(device: BackendName): Promise<Trained> {
    return trainTiny(`./tests/golden/${TRAINED}`, device);
  },

  /** Trains it in a worker. */
  trainInWorker(device: BackendName): Promise<Trained> {
    return callIn(new Worker(bundle, { type: "module" }), "train", device);
  },

  /**
   * Fills the mask of a text on wasm, in a worker that borrows two threads of the page.
   *
   * @returns What came of it, and how many threads the page started and ended.
   */
  async fillOnLentThreads(
    text: string,
  ): Promise<{ results: FillMaskResult[]; started: number; ended: number }> {
    const worker = new Worker(bundle, { type: "module", name: BORROWER });
    const Plain = globalThis.Worker;
    let [started, ended] = [0, 0];
    globalThis.Worker = class extends Plain {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        started++;
      }

      override terminate(): void {
        super.terminate();
        ended++;
      }
    };
    lendThreads(worker);
    const results = await callIn(worker, "fillMask", text, "wasm", 2);
    for (let i = 0; i < 100 && ended < started; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    globalThis.Worker = Plain;
    return { results, started, ended };
  },
};

/** Calls a function of the page in a worker, which ends then. */
function callIn<Name extends "train" | "fillMask">(
  worker: Worker,
  name: Name,
  ...args: Parameters<Page[Name]>
): ReturnType<Page[Name]> {
  const made = new Promise((resolve, reject) => {
    worker.onmessage = ({ data: { result, error } }) =>
      error === undefined ? resolve(result) : reject(new Error(error));
    worker.onerror = ({ message }) => reject(new Error(message));
  });
  worker.postMessage([name, ...args]);
  return made.finally(() => worker.terminate()) as ReturnType<Page[Name]>;
}

/** The name of a worker that borrows threads. */
const BORROWER = "borrower";

/** The address of this bundle, which its worker runs, too. */
const bundle = import.meta.url;

if (!("document" in globalThis)) {
  const scope = globalThis as unknown as Pick<Worker, "onmessage" | "postMessage"> & {
    readonly name: string;
  };
  if (scope.name === BORROWER) borrowThreads();
  scope.onmessage = async ({ data: [name, ...args] }: MessageEvent<[keyof Page, ...unknown[]]>) => {
    try {
      const run = page[name] as (...args: unknown[]) => Promise<unknown>;
      scope.postMessage({ result: await run(...args) });
    } catch (error) {
      scope.postMessage({ error: String(error) });
    }
  };
}

/** The functions of the page. */
export type Page = typeof page;

Object.assign(globalThis, { page });
