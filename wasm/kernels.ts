/**
 * The kernels of this backend by name.
 *
 * @module
 */
import type { OperationName } from "../ops/backend.ts";
import { activation } from "./activation.ts";
import { activationGradient } from "./activation_gradient.ts";
import { adamW } from "./adam_w.ts";
import { add } from "./add.ts";
import { addToRows } from "./add_to_rows.ts";
import { attend } from "./attend.ts";
import { attendCached } from "./attend_cached.ts";
import { attendFeatures } from "./attend_features.ts";
import { attendGradient } from "./attend_gradient.ts";
import { attendHashed } from "./attend_hashed.ts";
import { attendKeyGradient } from "./attend_key_gradient.ts";
import { attendQueryGradient } from "./attend_query_gradient.ts";
import { attendWithSums } from "./attend_with_sums.ts";
import { concatRows } from "./concat_rows.ts";
import { dropout } from "./dropout.ts";
import { embed } from "./embed.ts";
import { feedForward } from "./feed_forward.ts";
import { gatherRows } from "./gather_rows.ts";
import { halve } from "./halve.ts";
import type { WasmKernel } from "./kernel.ts";
import { headProducts } from "./head_products.ts";
import { layerNorm } from "./layer_norm.ts";
import { linear } from "./linear.ts";
import { linearInputs } from "./linear_inputs.ts";
import { multiply } from "./multiply.ts";
import { normGradient } from "./norm_gradient.ts";
import { quantizeHeads } from "./quantize_heads.ts";
import { rmsNorm } from "./rms_norm.ts";
import { rotate } from "./rotate.ts";
import { scatterRows } from "./scatter_rows.ts";
import { selectBlockStride } from "./select_block_stride.ts";
import { selectBosPooling } from "./select_bos_pooling.ts";
import { selectLsh } from "./select_lsh.ts";
import { selectNorm } from "./select_norm.ts";
import { selectPooling } from "./select_pooling.ts";
import { selectStride } from "./select_stride.ts";
import { sparseListGradient } from "./sparse_list_gradient.ts";
import { sumRows } from "./sum_rows.ts";
import { sumSquares } from "./sum_squares.ts";
import { topScores } from "./top_scores.ts";
import { weightGradient } from "./weight_gradient.ts";
import { writeRows } from "./write_rows.ts";

/** A kernel for each operation. */
export const KERNELS: { readonly [Name in OperationName]: WasmKernel<Name> } = {
  activation,
  activationGradient,
  adamW,
  add,
  addToRows,
  attend,
  attendCached,
  attendFeatures,
  attendGradient,
  attendHashed,
  attendKeyGradient,
  attendQueryGradient,
  attendWithSums,
  concatRows,
  dropout,
  embed,
  feedForward,
  gatherRows,
  halve,
  headProducts,
  layerNorm,
  linear,
  linearInputs,
  multiply,
  normGradient,
  quantizeHeads,
  rmsNorm,
  rotate,
  scatterRows,
  selectBlockStride,
  selectBosPooling,
  selectLsh,
  selectNorm,
  selectPooling,
  selectStride,
  sparseListGradient,
  sumRows,
  sumSquares,
  topScores,
  weightGradient,
  writeRows,
};
