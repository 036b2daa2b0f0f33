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

/** Kernels that one module has. */
function lateKernels<Name extends OperationName>(
  importModule: () => Promise<{ readonly [Each in Name]: GpuKernel<Each> }>,
  names: readonly Name[],
): { readonly [Each in Name]: LateKernel<Each> } {
  const entries = names.map((name) => [name, late(async () => (await importModule())[name])]);
  return Object.fromEntries(entries);
}

/** A kernel for each operation: at once where every encoder uses it, else when it is used. */
export const KERNELS: { readonly [Name in OperationName]: GpuKernel<Name> | LateKernel<Name> } = {
  activation,
  add,
  attend,
  attendFeatures: late(async () => (await import("./attend_features.ts")).attendFeatures),
  attendHashed: late(async () => (await import("./attend_hashed.ts")).attendHashed),
  concatRows,
  embed,
  feedForward,
  gatherRows,
  layerNorm,
  linear,
  multiply: late(async () => (await import("./multiply.ts")).multiply),
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
  ...lateKernels(gradients, [
    "activationGradient",
    "adamW",
    "addToRows",
    "attendGradient",
    "attendKeyGradient",
    "attendQueryGradient",
    "attendWithSums",
    "dropout",
    "headProducts",
    "linearInputs",
    "normGradient",
    "sparseListGradient",
    "sumRows",
    "sumSquares",
    "weightGradient",
  ]),
  ...lateKernels(writing, [
    "attendCached",
    "halve",
    "topScores",
    "writeRows",
  ]),
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
