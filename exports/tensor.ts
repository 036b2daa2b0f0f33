/**
 * Tensors and functions of them, as `mod.ts` exports them.
 *
 * @module
 */
export {
  type DeviceStorage,
  type NestedArray,
  type SliceRange,
  Tensor,
  type TensorArray,
  type TensorArrays,
  type TensorType,
  type TensorValue,
} from "../tensor/tensor.ts";
export { cat, stack } from "../tensor/join_tensors.ts";
export { matmul } from "../tensor/matmul.ts";
export { mean_pooling } from "../tensor/mean_pooling.ts";
export { cos_sim, dot } from "../tensor/similarity.ts";
export { log_softmax, type ScoreArray, softmax } from "../tensor/softmax.ts";
export { topk } from "../tensor/topk.ts";
