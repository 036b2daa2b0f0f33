/**
 * Tensors and functions of them, as `mod.ts` exports them.
 *
 * @module
 */
export {
  type DeviceStorage,
  type NestedArray,
  type SliceRange,
  StoredTensor,
  Tensor,
  TensorArithmetic,
  type TensorArray,
  type TensorArrays,
  type TensorType,
  type TensorValue,
  type ValueChange,
} from "../tensor/tensor.ts";
export {
  type FilledType,
  full,
  full_like,
  ones,
  ones_like,
  zeros,
  zeros_like,
} from "../tensor/filled_tensors.ts";
export { cat, stack } from "../tensor/join_tensors.ts";
export { layer_norm, type LayerNormOptions } from "../tensor/layer_norm.ts";
export { matmul } from "../tensor/matmul.ts";
export { mean_pooling } from "../tensor/mean_pooling.ts";
export { mean, permute } from "../tensor/method_functions.ts";
export { quantize_embeddings, type QuantizedType } from "../tensor/quantize_embeddings.ts";
export { rand, randn } from "../tensor/random_tensors.ts";
export { cos_sim, dot } from "../tensor/similarity.ts";
export { log_softmax, type ScoreArray, softmax } from "../tensor/softmax.ts";
export { std_mean } from "../tensor/std_mean.ts";
export { topk } from "../tensor/topk.ts";
