/**
 * The kernels of this backend by name.
 *
 * @module
 */
import type { OperationName } from "../ops/backend.ts";
import { activation } from "./activation.ts";
import { add } from "./add.ts";
import { attend } from "./attend.ts";
import { attendCached } from "./attend_cached.ts";
import { attendFeatures } from "./attend_features.ts";
import { attendHashed } from "./attend_hashed.ts";
import { concatRows } from "./concat_rows.ts";
import { embed } from "./embed.ts";
import { feedForward } from "./feed_forward.ts";
import { gatherRows } from "./gather_rows.ts";
import type { GpuKernel } from "./kernel.ts";
import { halve } from "./halve.ts";
import { layerNorm } from "./layer_norm.ts";
import { linear } from "./linear.ts";
import { multiply } from "./multiply.ts";
import { rmsNorm } from "./rms_norm.ts";
import { rotate } from "./rotate.ts";
import { scatterRows } from "./scatter_rows.ts";
import { selectBlockStride } from "./select_block_stride.ts";
import { selectBosPooling } from "./select_bos_pooling.ts";
import { selectLsh } from "./select_lsh.ts";
import { selectNorm } from "./select_norm.ts";
import { selectPooling } from "./select_pooling.ts";
import { selectStride } from "./select_stride.ts";
import { topScores } from "./top_scores.ts";
import { writeRows } from "./write_rows.ts";

/** A kernel for each operation. */
export const KERNELS: { readonly [Name in OperationName]: GpuKernel<Name> } = {
  activation,
  add,
  attend,
  attendCached,
  attendFeatures,
  attendHashed,
  concatRows,
  embed,
  feedForward,
  gatherRows,
  halve,
  layerNorm,
  linear,
  multiply,
  rmsNorm,
  rotate,
  scatterRows,
  selectBlockStride,
  selectBosPooling,
  selectLsh,
  selectNorm,
  selectPooling,
  selectStride,
  topScores,
  writeRows,
};
