/**
 * What is asked of an adapter, whether or not its device is opened.
 *
 * @module
 */
import type { DataType } from "../../ops/backend.ts";

/** Prefers the fastest adapter. */
export const FASTEST: GPURequestAdapterOptions = { powerPreference: "high-performance" };

/**
 * Tells whether an adapter supports a data type.
 *
 * @param adapter The adapter.
 * @param dtype Data type of stored values.
 * @returns Whether it does.
 */
export function canStore(adapter: GPUAdapter, dtype: DataType): boolean {
  return dtype !== "fp16" || adapter.features.has("shader-f16");
}
