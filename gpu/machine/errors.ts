/**
 * Errors of the WebGPU backend; their messages say what to do.
 *
 * @module
 */

/** Any failure of the WebGPU backend that is not a wrong argument. */
export class GpuError extends Error {
  /** Its name. */
  override readonly name: string = "GpuError";
}

/** There is no WebGPU, or it has no adapter. */
export class NoAdapterError extends GpuError {
  /** Its name. */
  override readonly name: string = "NoAdapterError";
}

/** The graphics processor or its driver stopped working for this backend. */
export class DeviceLostError extends GpuError {
  /** Its name. */
  override readonly name: string = "DeviceLostError";
}

/** The graphics processor has less memory than was asked for. */
export class OutOfMemoryError extends GpuError {
  /** Its name. */
  override readonly name: string = "OutOfMemoryError";
}

/** The driver refused a kernel or a call. */
export class KernelError extends GpuError {
  /** Its name. */
  override readonly name: string = "KernelError";
}

/**
 * The error for a device that was lost.
 *
 * @param reason The driver's message.
 * @returns The error.
 */
export function deviceLost(reason: string): DeviceLostError {
  return new DeviceLostError(
    `The WebGPU device was lost${reason && ` (${reason})`}: dispose of this backend and open ` +
      "another one; if it is lost again, use a shorter text, a smaller batch or another device",
  );
}

/**
 * The error for one that an error scope caught.
 *
 * @param error The caught error.
 * @param attempted The attempted action.
 * @returns The error.
 */
export function caught(error: GPUError, attempted: string): GpuError {
  if (error instanceof GPUOutOfMemoryError) {
    return new OutOfMemoryError(
      `Cannot ${attempted}: WebGPU is out of memory; dispose of this backend and open another ` +
        'one, and use a shorter text, a smaller batch or dtype "fp16"',
    );
  }
  return new KernelError(`Cannot ${attempted}: ${error.message}`);
}
