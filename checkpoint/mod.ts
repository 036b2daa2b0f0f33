/**
 * Checkpoint files: safetensors, pytorch_model.bin, configs, tensor names, and conversion to LSG.
 *
 * @module
 */
export * from "./architecture.ts";
export * from "../tensor/bfloat16.ts";
export * from "./checkpoint.ts";
export * from "./choose_head.ts";
export { readConfig } from "./config.ts";
export * from "./conversion/conversion_options.ts";
export * from "./conversion/convert_lsg.ts";
export * from "./decoder_stack.ts";
export * from "./describe_head.ts";
export * from "./conversion/draw_parameters.ts";
export {
  bytesPerElement,
  decodeFloats,
  decodeIntegers,
  type Dtype,
  encodeFloats,
  type FloatDtype,
  isDtype,
} from "./dtypes.ts";
export * from "./conversion/extend_positions.ts";
export * from "../families/families.ts";
export * from "../tensor/float16.ts";
export * from "./folder_source.ts";
export * from "./conversion/global_embeddings.ts";
export * from "./conversion/global_positions.ts";
export * from "./mapped_weights.ts";
export * from "./memory_source.ts";
export * from "./memory_weights.ts";
export { GLOBAL_ROWS, modelParameters } from "./model_parameters.ts";
export * from "./model_weights.ts";
export * from "./new_head.ts";
export * from "./open_weights.ts";
export * from "./parse_config.ts";
export * from "./position_table.ts";
export {
  type FileAmount,
  type ProgressAmount,
  type ProgressFile,
  type ProgressInfo,
  ProgressSource,
} from "./progress_source.ts";
export * from "./python_classes.ts";
export * from "./pytorch/pytorch_reader.ts";
export { QUANTIZATION_CONFIG, readQuantized, streamQuantized } from "./quantized_tensors.ts";
export * from "./read_checkpoint.ts";
export * from "./safetensors.ts";
export * from "./safetensors_reader.ts";
export * from "./safetensors_writer.ts";
export * from "./save_checkpoint.ts";
export * from "./saved_name.ts";
export * from "./source.ts";
export * from "./special_tokens.ts";
export * from "./total_progress.ts";
export * from "./weight_names.ts";
export { QUANTIZED, type Weights } from "./weights.ts";
export type { WrittenFile, WrittenFolder } from "./written_folder.ts";
