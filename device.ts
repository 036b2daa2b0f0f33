/**
 * Backends by name.
 *
 * @module
 */
import type { Backend, BackendName, DataType } from "./backend.ts";
import { CpuBackend } from "./cpu/backend.ts";
import { WasmBackend } from "./wasm/backend.ts";
import { hasSimd } from "./wasm/module.ts";

/** How a backend is opened. */
export interface BackendOptions {
  /** Threads of the `wasm` backend; absent: as many as the machine has cores. */
  readonly threads?: number;
  /** In which form weights are held; 32-bit floats if absent. */
  readonly dtype?: DataType;
}

const openers: Record<BackendName, (options: BackendOptions) => Promise<Backend>> = {
  // deno-lint-ignore require-await -- so that a wrong option rejects, not throws
  cpu: async ({ threads, dtype }) => {
    if (threads === undefined || threads === 1) return new CpuBackend({ dtype });
    throw new RangeError(`Cannot run the cpu reference on ${threads} threads: it has one`);
  },
  wasm: (options) => WasmBackend.open(options),
};

/** The names that `device` takes. */
export const BACKEND_NAMES: readonly BackendName[] = Object.keys(openers) as BackendName[];

/**
 * Opens a backend.
 *
 * @param name Its name; `"auto"` takes the fastest that this machine has.
 * @param options Threads and the form of weights.
 * @returns The backend; the caller disposes of it.
 * @throws {RangeError} If there is no backend of that name, or it cannot be opened so.
 *
 * @example
 * ```ts
 * import { openBackend } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = await openBackend("cpu");
 * assertEquals(backend.name, "cpu");
 * backend.dispose();
 * ```
 */
export function openBackend(
  name: BackendName | "auto" = "auto",
  options: BackendOptions = {},
): Promise<Backend> {
  const wanted = name === "auto" ? (hasSimd() ? "wasm" : "cpu") : name;
  if (!Object.hasOwn(openers, wanted)) {
    return Promise.reject(
      new RangeError(
        `Cannot open the device ${JSON.stringify(name)}: wanted "auto" or one of ` +
          BACKEND_NAMES.map((known) => `"${known}"`).join(", "),
      ),
    );
  }
  return openers[wanted](options);
}
