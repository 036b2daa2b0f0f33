/**
 * What runs in the page: the same cases as `deno task verify` and a pipeline, on any device.
 *
 * The harness (in_chromium.ts) calls these functions by name, so what they take and return is plain
 * JSON.
 */
import type { BackendName } from "../../ops/backend.ts";
import { openBackend } from "../../device.ts";
import { type FillMaskResult, pipeline } from "../../pipelines/mod.ts";
import { allCases, runCases } from "../../verify/verify.ts";
import { WasmBackend } from "../../wasm/mod.ts";
import { FetchSource } from "./fetch_source.ts";

/** What `verify` found. */
export interface PageVerdict {
  /** How many cases were within their bound. */
  readonly passed: number;
  /** What was wrong with each of the others. */
  readonly faults: readonly string[];
  /** Threads of the `wasm` device. */
  readonly threads?: number;
}

const page = {
  /** Holds a device against the goldens. */
  async verify(device: BackendName | "auto"): Promise<PageVerdict> {
    const backend = await openBackend(device);
    const cases = await allCases((path) => new FetchSource(`/tests/golden/${path}`));
    const results = await Array.fromAsync(runCases(cases, [backend]));
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
  async fillMask(text: string, device?: BackendName): Promise<FillMaskResult[]> {
    const source = new FetchSource("/demo/model");
    const unmasker = await pipeline("fill-mask", source, device ? { device } : {});
    const results = await unmasker(text);
    unmasker.dispose();
    return results as FillMaskResult[];
  },
};

/** The functions of the page. */
export type Page = typeof page;

Object.assign(globalThis, { page });
