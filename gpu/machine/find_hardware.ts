/**
 * Finding a graphics processor, before anything else of this backend is imported.
 *
 * @module
 */
import { nodeModule } from "../../base/node_module.ts";
import type { DataType } from "../../ops/backend.ts";
import { canStore, FASTEST } from "./adapter.ts";

/** Adapters that {@linkcode hasHardware} found: drivers may print warnings at each request. */
const found = new WeakMap<GPU, Promise<GPUAdapter | null>>();

/** The part of `Deno.permissions` used here. */
interface Permissions {
  querySync(descriptor: { name: "read"; path: string }): { state: string };
}

/**
 * Lists the names in a folder of Linux's devices.
 *
 * @param folder The folder.
 * @returns The names; none if there is no such folder.
 * @throws {Error} If this system has no such folders, or may not list them.
 */
async function listDevices(folder: string): Promise<string[]> {
  const { Deno: deno, process } = globalThis as {
    Deno?: { permissions: Permissions };
    process?: { platform?: string };
  };
  if (process?.platform !== "linux") throw new Error("not Linux");
  // Deno would prompt for a permission that it does not have.
  const permission = deno?.permissions.querySync({ name: "read", path: folder });
  if (permission && permission.state !== "granted") throw new Error("no permission");
  const { readdir } = nodeModule("node:fs/promises");
  return await readdir(folder).catch((error) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
}

/**
 * Tests whether there may be a graphics processor. Linux has a file for each, so that the driver,
 * which prints warnings on a machine without a screen, need not be asked.
 *
 * @param list Lists the names in a folder; throws if that is not known.
 * @returns False if there certainly is none.
 */
export async function mayHaveHardware(
  list: (folder: string) => Promise<readonly string[]> = listDevices,
): Promise<boolean> {
  try {
    const cards = (await list("/dev/dri")).some((name) => /^(card|renderD)\d+$/.test(name));
    // Without files in dri: NVIDIA in a container, Windows' in its Linux, Adreno, Mali.
    return cards || (await list("/dev")).some((name) => /^(nvidia|dxg|kgsl|mali)/.test(name));
  } catch {
    return true;
  }
}

/**
 * Tests whether there is a graphics processor, not emulated on the CPU, that supports a data type.
 * Requests an adapter only once.
 *
 * @param dtype Data type of stored values.
 * @returns Whether there is one.
 */
export async function hasHardware(dtype: DataType = "fp32"): Promise<boolean> {
  const gpu = globalThis.navigator?.gpu;
  if (!gpu) return false;
  if (!found.has(gpu)) found.set(gpu, gpu.requestAdapter(FASTEST));
  const adapter = await found.get(gpu);
  // Browsers of before 2024 tell nothing of an adapter.
  return !!adapter && !adapter.info?.isFallbackAdapter && canStore(adapter, dtype);
}
