/**
 * Descriptions of the operations: what each takes, what shape comes out. They are the same for all
 * backends; {@linkcode KernelBackend} runs them with the kernels of one.
 *
 * @module
 */
export * from "./activation.ts";
export * from "./activation_gradient.ts";
export * from "./adam_w.ts";
export * from "./add.ts";
export * from "./add_to_rows.ts";
export * from "./attend.ts";
export * from "./attend_cached.ts";
export * from "./attend_features.ts";
export { attendGradient, type AttendGradientShape } from "./attend_gradient.ts";
export * from "./attend_hashed.ts";
export * from "./attend_key_gradient.ts";
export * from "./attend_operands.ts";
export * from "./attend_plan.ts";
export * from "./attend_query_gradient.ts";
export * from "./attend_with_sums.ts";
export type {
  AllCalls,
  Backend,
  BackendName,
  Calls,
  CallsOf,
  MemoryLimits,
  MemoryUse,
  OperationName,
  Operations,
} from "./backend.ts";
export { indices, mask } from "./checks.ts";
export * from "./concat_rows.ts";
export * from "./dropout.ts";
export * from "./embed.ts";
export * from "./feed_forward.ts";
export * from "./gather_rows.ts";
export * from "./halve.ts";
export * from "./head_products.ts";
export * from "./kernel_backend.ts";
export * from "./layer_norm.ts";
export * from "./linear.ts";
export * from "./linear_inputs.ts";
export * from "./multiply.ts";
export * from "./norm_gradient.ts";
export * from "./operation.ts";
export * from "./quantize_heads.ts";
export * from "./rms_norm.ts";
export * from "./rotate.ts";
export * from "./run.ts";
export * from "./scatter_rows.ts";
export * from "./select.ts";
export * from "./select_block_stride.ts";
export * from "./select_bos_pooling.ts";
export * from "./sparse_list_gradient.ts";
export * from "./select_lsh.ts";
export * from "./select_norm.ts";
export * from "./select_pooling.ts";
export * from "./select_stride.ts";
export * from "./span.ts";
export * from "./sum_rows.ts";
export * from "./sum_squares.ts";
export * from "./top_scores.ts";
export * from "./weight_gradient.ts";
export * from "./write_rows.ts";
