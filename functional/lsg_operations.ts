/**
 * The operations of LSG attention, on the reference.
 *
 * @module
 */
import { attendFloats as attendKernel } from "../cpu/attend_floats.ts";
import { concatRows as concatRowsKernel } from "../cpu/concat_rows.ts";
import { gatherRows as gatherRowsKernel } from "../cpu/gather_rows.ts";
import { selectBlockStride as selectBlockStrideKernel } from "../cpu/select_block_stride.ts";
import { selectBosPooling as selectBosPoolingKernel } from "../cpu/select_bos_pooling.ts";
import { selectLsh as selectLshKernel } from "../cpu/select_lsh.ts";
import { selectNorm as selectNormKernel } from "../cpu/select_norm.ts";
import { selectPooling as selectPoolingKernel } from "../cpu/select_pooling.ts";
import { selectStride as selectStrideKernel } from "../cpu/select_stride.ts";
import { openSome, type SomeOperations } from "./some_operations.ts";
import type { Backend } from "../ops/backend.ts";
import { attend } from "../ops/attend.ts";
import { concatRows } from "../ops/concat_rows.ts";
import { gatherRows } from "../ops/gather_rows.ts";
import { selectBlockStride } from "../ops/select_block_stride.ts";
import { selectBosPooling } from "../ops/select_bos_pooling.ts";
import { selectLsh } from "../ops/select_lsh.ts";
import { selectNorm } from "../ops/select_norm.ts";
import { selectPooling } from "../ops/select_pooling.ts";
import { selectStride } from "../ops/select_stride.ts";

/** The operations. */
export const LSG_OPERATIONS: SomeOperations = {
  attend: [attend, attendKernel],
  concatRows: [concatRows, concatRowsKernel],
  gatherRows: [gatherRows, gatherRowsKernel],
  selectBlockStride: [selectBlockStride, selectBlockStrideKernel],
  selectBosPooling: [selectBosPooling, selectBosPoolingKernel],
  selectLsh: [selectLsh, selectLshKernel],
  selectNorm: [selectNorm, selectNormKernel],
  selectPooling: [selectPooling, selectPoolingKernel],
  selectStride: [selectStride, selectStrideKernel],
};

/**
 * Opens the reference for them.
 *
 * @returns A backend that has these methods alone.
 */
export function openLsgReference(): Backend {
  return openSome(LSG_OPERATIONS);
}
