/**
 * Files to weights: safetensors, configs, tensor names, and conversion to LSG.
 *
 * @module
 */
export * from "./architecture.ts";
export * from "./bfloat16.ts";
export * from "./choose_head.ts";
export * from "./config.ts";
export * from "./conversion_options.ts";
export * from "./convert_lsg.ts";
export * from "./describe_head.ts";
export * from "./draw_parameters.ts";
export * from "./dtypes.ts";
export * from "./extend_positions.ts";
export * from "./families.ts";
export * from "../float16.ts";
export * from "./folder_source.ts";
export * from "./global_embeddings.ts";
export * from "./global_positions.ts";
export * from "./json.ts";
export * from "./mapped_weights.ts";
export * from "./memory_source.ts";
export * from "./memory_weights.ts";
export * from "./model_parameters.ts";
export * from "./model_weights.ts";
export * from "./open_weights.ts";
export * from "./progress_source.ts";
export * from "./read_checkpoint.ts";
export * from "./safetensors.ts";
export * from "./safetensors_reader.ts";
export * from "./safetensors_writer.ts";
export * from "./save_checkpoint.ts";
export * from "./source.ts";
export * from "./special_tokens.ts";
export * from "./weight_names.ts";
export * from "./weights.ts";
