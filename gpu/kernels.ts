/**
 * The kernels of this backend by name.
 *
 * @module
 */
import type { AttendShape } from "../ops/attend.ts";
import type { OperationName } from "../ops/backend.ts";
import { activation } from "./activation.ts";
import { add } from "./add.ts";
import { attend } from "./attend.ts";
import { concatRows } from "./concat_rows.ts";
import { embed } from "./embed.ts";
import { feedForward } from "./feed_forward.ts";
import { gatherRows } from "./gather_rows.ts";
import type { GpuKernel } from "./kernel.ts";
import { late, type LateKernel } from "./late_kernel.ts";
import { layerNorm } from "./layer_norm.ts";
import { linear } from "./linear.ts";
import { quantizeHeads } from "./quantize_heads.ts";

const gradients = () => import("./gradient_kernels.ts");
const writing = () => import("./writing_kernels.ts");

/** A kernel for each operation: at once where every encoder uses it, else when it is used. */
export const KERNELS: { readonly [Name in OperationName]: GpuKernel<Name> | LateKernel<Name> } = {
  activation,
  activationGradient: late(async () => (await gradients()).activationGradient),
  adamW: late(async () => (await gradients()).adamW),
  add,
  addToRows: late(async () => (await gradients()).addToRows),
  attend,
  attendCached: late(async () => (await writing()).attendCached),
  attendFeatures: late(async () => (await import("./attend_features.ts")).attendFeatures),
  attendGradient: late(async () => (await gradients()).attendGradient),
  attendHashed: late(async () => (await import("./attend_hashed.ts")).attendHashed),
  attendKeyGradient: late(async () => (await gradients()).attendKeyGradient),
  attendQueryGradient: late(async () => (await gradients()).attendQueryGradient),
  attendWithSums: late(async () => (await gradients()).attendWithSums),
  concatRows,
  dropout: late(async () => (await gradients()).dropout),
  embed,
  feedForward,
  gatherRows,
  halve: late(async () => (await writing()).halve),
  headProducts: late(async () => (await gradients()).headProducts),
  layerNorm,
  linear,
  linearInputs: late(async () => (await gradients()).linearInputs),
  multiply: late(async () => (await import("./multiply.ts")).multiply),
  normGradient: late(async () => (await gradients()).normGradient),
  quantizeHeads,
  rmsNorm: late(async () => (await import("./rms_norm.ts")).rmsNorm),
  rotate: late(async () => (await import("./rotate.ts")).rotate),
  scatterRows: late(async () => (await import("./scatter_rows.ts")).scatterRows),
  selectBlockStride: late(async () => (await import("./select_block_stride.ts")).selectBlockStride),
  selectBosPooling: late(async () => (await import("./select_bos_pooling.ts")).selectBosPooling),
  selectLsh: late(async () => (await import("./select_lsh.ts")).selectLsh),
  selectNorm: late(async () => (await import("./select_norm.ts")).selectNorm),
  selectPooling: late(async () => (await import("./select_pooling.ts")).selectPooling),
  selectStride: late(async () => (await import("./select_stride.ts")).selectStride),
  sparseListGradient: late(async () => (await gradients()).sparseListGradient),
  sumRows: late(async () => (await gradients()).sumRows),
  sumSquares: late(async () => (await gradients()).sumSquares),
  topScores: late(async () => (await writing()).topScores),
  weightGradient: late(async () => (await gradients()).weightGradient),
  writeRows: late(async () => (await writing()).writeRows),
};

const attendDropped = late<"attend">(async () => (await gradients()).attendDropped);

/**
 * Finds the kernel of an operation.
 *
 * @param name Its name.
 * @param shape Its sizes and settings.
 * @returns The kernel: of attention with dropout, which only training uses, one of its own.
 */
export function kernelOf(
  name: OperationName,
  shape: unknown,
): GpuKernel<OperationName> | LateKernel<OperationName> {
  const drops = name === "attend" && (shape as AttendShape).dropout !== undefined;
  return (drops ? attendDropped : KERNELS[name]) as LateKernel<OperationName>;
}
