/**
 * The reference with all its operations, for attentions that are here to be compared with.
 *
 * @module
 */
import { CpuBackend } from "../cpu/backend.ts";
import type { Backend } from "../ops/backend.ts";

/**
 * Opens the reference.
 *
 * @returns A backend.
 */
export function openReference(): Backend {
  return new CpuBackend();
}
