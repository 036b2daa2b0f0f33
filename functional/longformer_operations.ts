/**
 * The operations of Longformer's attention, on the reference.
 *
 * @module
 */
import { attendFloats as attendKernel } from "../cpu/attend_floats.ts";
import { gatherRows as gatherRowsKernel } from "../cpu/gather_rows.ts";
import { scatterRows as scatterRowsKernel } from "../cpu/scatter_rows.ts";
import { openSome } from "./some_operations.ts";
import type { Backend } from "../ops/backend.ts";
import { attend } from "../ops/attend.ts";
import { gatherRows } from "../ops/gather_rows.ts";
import { scatterRows } from "../ops/scatter_rows.ts";

/**
 * Opens the reference for them.
 *
 * @returns A backend that has these methods alone.
 */
export function openLongformerReference(): Backend {
  return openSome({
    attend: [attend, attendKernel],
    gatherRows: [gatherRows, gatherRowsKernel],
    scatterRows: [scatterRows, scatterRowsKernel],
  });
}
