/**
 * Kernels that are imported when they are first used: most models do without them.
 *
 * @module
 */
import type { OperationName } from "../ops/backend.ts";
import type { GpuKernel } from "./kernel.ts";

/** A kernel that is imported when it is first used. */
export interface LateKernel<Name extends OperationName> {
  /** The kernel, once it is imported. */
  readonly kernel: GpuKernel<Name> | undefined;
  /** Imports the kernel, or returns it. */
  load(): Promise<GpuKernel<Name>>;
}

/**
 * Makes a kernel that is imported when it is first used.
 *
 * @param importKernel Imports it.
 * @returns The kernel, which is not imported yet.
 */
export function late<Name extends OperationName>(
  importKernel: () => Promise<GpuKernel<Name>>,
): LateKernel<Name> {
  let kernel: GpuKernel<Name> | undefined;
  return {
    get kernel() {
      return kernel;
    },
    load: async () => kernel ??= await importKernel(),
  };
}
