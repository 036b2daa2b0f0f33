/**
 * Generation: settings, rules of scores, search, sampling, criteria, streamers.
 *
 * @example A summary, word by word
 * ```ts
 * import { pipeline } from "@lsg/core";
 * import { TextStreamer } from "@lsg/core/generation";
 *
 * using summarizer = await pipeline("summarization", "facebook/bart-large-cnn");
 * const streamer = new TextStreamer(summarizer.tokenizer);
 * await summarizer("The river ran past the old house.", {
 *   num_beams: 1,
 *   max_new_tokens: 40,
 *   streamer,
 * });
 * ```
 *
 * @module
 */
export * from "./auto.ts";
export * from "./checkpoint_settings.ts";
export * from "./decoder_lm.ts";
export * from "./family_classes.ts";
export * from "./generate.ts";
export * from "./generation_cache.ts";
export type { BatchRow, GenerationInputs, ResultRow } from "./generation_run.ts";
export * from "./max_time.ts";
export * from "./resolve_settings.ts";
export type {
  DefaultName,
  Defaults,
  GenerationFacts,
  Given,
  Optional,
  ResolvedSettings,
} from "./resolved_settings.ts";
export * from "./row_lengths.ts";
export * from "./score_rules/cutoffs.ts";
export * from "./score_rules/exponential_decay.ts";
export * from "./score_rules/forced_tokens.ts";
export * from "./score_rules/log_normalization.ts";
export * from "./score_rules/logits_processor.ts";
export * from "./score_rules/min_length.ts";
export * from "./score_rules/no_repeat_ngram.ts";
export * from "./score_rules/repetition_penalty.ts";
export type { RowRules } from "./score_rules/row_rules.ts";
export * from "./score_rules/suppress_tokens.ts";
export * from "./score_rules/temperature.ts";
export { type KeepOptions, TopKLogitsWarper } from "./score_rules/top_k.ts";
export * from "./score_rules/top_p.ts";
export * from "./score_rules/typical.ts";
export * from "./score_rules/word_lists.ts";
export * from "./seq2seq_lm.ts";
export * from "./settings.ts";
export * from "./stop_strings.ts";
export * from "./stopping_criteria.ts";
export * from "./streamers/base_streamer.ts";
export * from "./streamers/text_streamer.ts";
export * from "./text_decoder.ts";
