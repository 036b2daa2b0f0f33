/**
 * Models: weights and operations to outputs.
 *
 * @module
 */
export * from "./auto.ts";
export * from "./encoder.ts";
export * from "./encoder_model.ts";
export * from "./head.ts";
export * from "./inputs.ts";
export * from "./masked_lm.ts";
export * from "./parameters.ts";
export * from "./position_ids.ts";
export * from "./pretrained_model.ts";
