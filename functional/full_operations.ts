/**
 * The operation of full attention, on the reference.
 *
 * @module
 */
import { attendFloats as attendKernel } from "../cpu/attend_floats.ts";
import { openSome } from "./some_operations.ts";
import type { Backend } from "../ops/backend.ts";
import { attend } from "../ops/attend.ts";

/**
 * Opens the reference for them.
 *
 * @returns A backend that has these methods alone.
 */
export function openFullReference(): Backend {
  return openSome({
    attend: [attend, attendKernel],
  });
}
