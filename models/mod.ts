/**
 * Models: weights and operations to outputs.
 *
 * @module
 */
export * from "./auto.ts";
export * from "./automatic_globals.ts";
export * from "./causal_lm.ts";
export * from "./encoder.ts";
export * from "./encoder_model.ts";
export * from "./head.ts";
export * from "./head_model.ts";
export * from "./inputs.ts";
export * from "./language_model.ts";
export * from "./load.ts";
export * from "./masked_lm.ts";
export * from "./multiple_choice.ts";
export * from "./parameters.ts";
export * from "./position_ids.ts";
export * from "./pre_training.ts";
export * from "./pretrained_model.ts";
export * from "./question_answering.ts";
export * from "./sequence_classification.ts";
export * from "./settings.ts";
export * from "./token_classification.ts";
