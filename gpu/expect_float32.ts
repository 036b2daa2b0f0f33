/**
 * The check of operations that are for float32 alone.
 *
 * @module
 */
import type { Context } from "./kernel.ts";

/**
 * Asserts that values are stored as float32: in float16 gradients would vanish.
 *
 * @param operation The operation, for the message.
 * @param context The backend.
 * @throws {RangeError} If they are stored as float16.
 */
export function expectFloat32(operation: string, { floatBytes }: Context): void {
  if (floatBytes === 4) return;
  throw new RangeError(`Cannot run ${operation} with dtype "fp16": wanted "fp32" on webgpu`);
}
