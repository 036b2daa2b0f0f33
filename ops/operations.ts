/**
 * All operations by name.
 *
 * @module
 */
export { activation } from "./activation.ts";
export { activationGradient } from "./activation_gradient.ts";
export { adamW } from "./adam_w.ts";
export { add } from "./add.ts";
export { addToRows } from "./add_to_rows.ts";
export { attend } from "./attend.ts";
export { attendCached } from "./attend_cached.ts";
export { attendFeatures } from "./attend_features.ts";
export { attendGradient } from "./attend_gradient.ts";
export { attendHashed } from "./attend_hashed.ts";
export { attendKeyGradient } from "./attend_key_gradient.ts";
export { attendQueryGradient } from "./attend_query_gradient.ts";
export { attendStatistics } from "./attend_statistics.ts";
export { concatRows } from "./concat_rows.ts";
export { dropout } from "./dropout.ts";
export { embed } from "./embed.ts";
export { feedForward } from "./feed_forward.ts";
export { gatherRows } from "./gather_rows.ts";
export { halve } from "./halve.ts";
export { layerNorm } from "./layer_norm.ts";
export { linear } from "./linear.ts";
export { linearInputs } from "./linear_inputs.ts";
export { multiply } from "./multiply.ts";
export { normGradient } from "./norm_gradient.ts";
export { quantizeHeads } from "./quantize_heads.ts";
export { rmsNorm } from "./rms_norm.ts";
export { rotate } from "./rotate.ts";
export { scatterRows } from "./scatter_rows.ts";
export { selectBlockStride } from "./select_block_stride.ts";
export { selectBosPooling } from "./select_bos_pooling.ts";
export { selectLsh } from "./select_lsh.ts";
export { selectNorm } from "./select_norm.ts";
export { selectPooling } from "./select_pooling.ts";
export { selectStride } from "./select_stride.ts";
export { sparseListGradient } from "./sparse_list_gradient.ts";
export { sumRows } from "./sum_rows.ts";
export { sumSquares } from "./sum_squares.ts";
export { topScores } from "./top_scores.ts";
export { weightGradient } from "./weight_gradient.ts";
export { writeRows } from "./write_rows.ts";
