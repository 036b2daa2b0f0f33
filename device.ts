/**
 * Backends by name.
 *
 * @module
 */
import type { Backend, BackendName, DataType } from "./ops/backend.ts";
import { CpuBackend } from "./cpu/backend.ts";
import { GpuBackend } from "./gpu/backend.ts";
import { findAdapter, hasHardware } from "./gpu/machine/device.ts";
import { NoAdapterError } from "./gpu/machine/errors.ts";
import { WasmBackend } from "./wasm/backend.ts";
import { hasSimd } from "./wasm/machine/has_simd.ts";

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
  webgpu: async ({ threads, dtype }) => {
    if (threads === undefined) return await GpuBackend.open({ dtype });
    throw new RangeError(`Cannot run webgpu on ${threads} threads: it has its own`);
  },
};

/** The names that `device` takes. */
export const BACKEND_NAMES: readonly BackendName[] = Object.keys(openers) as BackendName[];

/**
 * The backends that this machine can open.
 *
 * @returns Their names.
 *
 * @example
 * ```ts
 * import { availableBackends } from "@lsg/core";
 * import { assert } from "@std/assert";
 *
 * assert((await availableBackends()).includes("cpu"));
 * ```
 */
export async function availableBackends(): Promise<BackendName[]> {
  const hasAdapter = await findAdapter().then(() => true, (error) => {
    if (error instanceof NoAdapterError) return false;
    throw error;
  });
  return [
    "cpu",
    ...(hasSimd() ? ["wasm"] as const : []),
    ...(hasAdapter ? ["webgpu"] as const : []),
  ];
}

/**
 * Opens a backend.
 *
 * @param name Its name; `"auto"` takes the fastest that this machine has: `webgpu` where there is a
 * graphics processor that can hold weights so (an emulated one is none), else `wasm`, else `cpu`.
 * @param options Threads and the form of weights.
 * @returns The backend; the caller disposes of it.
 * @throws {RangeError} If there is no backend of that name, or it cannot be opened so.
 * @throws {GpuError} If `webgpu` is asked for and there is no adapter, or no device.
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
export async function openBackend(
  name: BackendName | "auto" = "auto",
  options: BackendOptions = {},
): Promise<Backend> {
  const wanted = name === "auto" ? await fastest(options) : name;
  if (Object.hasOwn(openers, wanted)) return await openers[wanted](options);
  throw new RangeError(
    `Cannot open the device ${JSON.stringify(name)}: wanted "auto" or one of ` +
      BACKEND_NAMES.map((known) => `"${known}"`).join(", "),
  );
}

/** Who names threads does not mean a graphics processor. */
async function fastest({ threads, dtype }: BackendOptions): Promise<BackendName> {
  if (threads === undefined && await hasHardware(dtype)) return "webgpu";
  return hasSimd() ? "wasm" : "cpu";
}
