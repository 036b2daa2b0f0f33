/**
 * Backends by name.
 *
 * @module
 */
import type { Backend, BackendName } from "./backend.ts";
import { CpuBackend } from "./cpu/backend.ts";
import { WasmBackend } from "./wasm/backend.ts";

const openers: Record<BackendName, () => Promise<Backend>> = {
  cpu: () => Promise.resolve(new CpuBackend()),
  wasm: () => WasmBackend.open(),
};

/** The names that `device` takes. */
export const BACKEND_NAMES: readonly BackendName[] = Object.keys(openers) as BackendName[];

/**
 * Opens a backend.
 *
 * @param name Its name; `"auto"` takes the fastest that this machine has.
 * @returns The backend; the caller disposes of it.
 * @throws {RangeError} If there is no backend of that name.
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
export function openBackend(name: BackendName | "auto" = "auto"): Promise<Backend> {
  const wanted = name === "auto" ? "cpu" : name;
  if (!Object.hasOwn(openers, wanted)) {
    return Promise.reject(
      new RangeError(
        `Cannot open the device ${JSON.stringify(name)}: wanted "auto" or one of ` +
          BACKEND_NAMES.map((known) => `"${known}"`).join(", "),
      ),
    );
  }
  return openers[wanted]();
}
