/**
 * The operations that are methods of every backend, by name: what layers, heads and LSG consist of.
 *
 * @module
 */
export { activation } from "./activation.ts";
export { add } from "./add.ts";
export { attend } from "./attend.ts";
export { concatRows } from "./concat_rows.ts";
export { dropout } from "./dropout.ts";
export { embed } from "./embed.ts";
export { feedForward } from "./feed_forward.ts";
export { gatherRows } from "./gather_rows.ts";
export { layerNorm } from "./layer_norm.ts";
export { linear } from "./linear.ts";
export { multiply } from "./multiply.ts";
export { rmsNorm } from "./rms_norm.ts";
export { rotate } from "./rotate.ts";
export { scatterRows } from "./scatter_rows.ts";
export { selectBlockStride } from "./select_block_stride.ts";
export { selectBosPooling } from "./select_bos_pooling.ts";
export { selectLsh } from "./select_lsh.ts";
export { selectNorm } from "./select_norm.ts";
export { selectPooling } from "./select_pooling.ts";
export { selectStride } from "./select_stride.ts";
