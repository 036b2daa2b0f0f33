/**
 * Backends by name. Each is imported when it is opened, so that a page loads one.
 *
 * @module
 */
import { checkNames } from "./base/check_options.ts";
import { showValue } from "./base/show_value.ts";
import type { Backend, BackendName, DataType } from "./ops/backend.ts";

/** How a backend is opened. */
export interface BackendOptions {
  /** Threads of the `wasm` backend; absent: as many as the machine has cores. */
  readonly threads?: number;
  /** The data type in which weights are held; absent: "fp32". */
  readonly dtype?: DataType;
}

/** Options of opening a backend for a model. */
interface OpenOptions extends BackendOptions {
  /** Whether kernels that few models use are imported when they are used. */
  readonly isSmall?: boolean;
}

// Bundlers follow these imports, and those of the functions below, because they are literals.
const openers: Record<BackendName, (options: OpenOptions) => Promise<Backend>> = {
  cpu: async ({ threads, dtype }) => {
    if (threads !== undefined && threads !== 1) {
      throw new RangeError(
        `Cannot run the cpu reference on ${showValue(threads)} threads: it has one`,
      );
    }
    const { CpuBackend } = await import("./cpu/backend.ts");
    return new CpuBackend({ dtype });
  },
  wasm: async ({ threads, dtype }) => {
    const { WasmBackend } = await import("./wasm/backend.ts");
    return await WasmBackend.open({ threads, dtype });
  },
  webgpu: async ({ threads, dtype, isSmall }) => {
    if (threads !== undefined) {
      throw new RangeError(`Cannot run webgpu on ${showValue(threads)} threads: it has its own`);
    }
    const { GpuBackend } = await import("./gpu/backend.ts");
    return await (isSmall ? GpuBackend.openSmall({ dtype }) : GpuBackend.open({ dtype }));
  },
};

/** The names that `device` accepts. */
export const BACKEND_NAMES: readonly BackendName[] = Object.keys(openers) as BackendName[];

/**
 * Lists the backends that this machine can open, without loading them.
 *
 * @returns Their names. Where Linux has no file of a graphics processor, `webgpu` is not among them,
 * though a driver may emulate one: `openBackend("webgpu")` asks it.
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
  return [
    "cpu",
    ...(await hasSimd() ? ["wasm"] as const : []),
    ...(await hasWebGpu() ? ["webgpu"] as const : []),
  ];
}

/**
 * Opens a backend.
 *
 * @param name Its name; `"auto"` opens the fastest that this machine has: `webgpu` if there is a
 * graphics processor (not an emulated one) that can hold weights in that data type, else `wasm`,
 * else `cpu`.
 * @param options Threads and the data type of weights.
 * @returns The backend; the caller disposes of it.
 * @throws {TypeError} If an option is unknown.
 * @throws {RangeError} If `name` is unknown, or the backend does not support the options.
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
  return await open(name, checkNames("Cannot open a backend", options, ["threads", "dtype"]));
}

/**
 * Opens a backend for a model, which imports kernels that few models use when it uses them.
 *
 * @param name Its name, or "auto".
 * @param options Threads and the data type of weights.
 * @returns The backend; the caller disposes of it.
 * @throws {RangeError | GpuError} As {@linkcode openBackend}.
 */
export async function openModelBackend(
  name: BackendName | "auto",
  { threads, dtype }: BackendOptions,
): Promise<Backend> {
  return await open(name, { threads, dtype, isSmall: true });
}

async function open(name: BackendName | "auto", options: OpenOptions): Promise<Backend> {
  const chosen = name === "auto" || name === null ? await fastest(options) : name;
  if (Object.hasOwn(openers, chosen)) return await openers[chosen](options);
  throw new RangeError(
    `Cannot open the device ${showValue(name)}: wanted "auto" or one of ` +
      BACKEND_NAMES.map((known) => `"${known}"`).join(", ") +
      '; "webgpu" runs on graphics cards of all makers',
  );
}

/** Chooses a backend; `threads` rules out a graphics processor. */
async function fastest({ threads, dtype }: BackendOptions): Promise<BackendName> {
  if (threads === undefined) {
    const { hasHardware, mayHaveHardware } = await import("./gpu/machine/find_hardware.ts");
    if (await mayHaveHardware() && await hasHardware(dtype)) return "webgpu";
  }
  return await hasSimd() ? "wasm" : "cpu";
}

async function hasSimd(): Promise<boolean> {
  const probe = await import("./wasm/machine/has_simd.ts");
  return probe.hasSimd();
}

/** Tells whether there is an adapter; the driver is not asked where there is no device. */
async function hasWebGpu(): Promise<boolean> {
  const { mayHaveHardware } = await import("./gpu/machine/find_hardware.ts");
  if (!await mayHaveHardware()) return false;
  const { hasAdapter } = await import("./gpu/machine/device.ts");
  return await hasAdapter();
}
