/**
 * The rules that are in force for a row, in their order.
 *
 * @module
 */
import type { ResolvedSettings } from "../resolved_settings.ts";
import { EpsilonLogitsWarper, EtaLogitsWarper, MinPLogitsWarper } from "./cutoffs.ts";
import { ExponentialDecayLengthPenalty } from "./exponential_decay.ts";
import {
  ForcedBOSTokenLogitsProcessor,
  ForcedEOSTokenLogitsProcessor,
  ForceTokensLogitsProcessor,
} from "./forced_tokens.ts";
import type { LogitsProcessor } from "./logits_processor.ts";
import { LogitNormalization } from "./log_normalization.ts";
import { MinLengthLogitsProcessor, MinNewTokensLengthLogitsProcessor } from "./min_length.ts";
import {
  EncoderNoRepeatNGramLogitsProcessor,
  NoRepeatNGramLogitsProcessor,
} from "./no_repeat_ngram.ts";
import {
  EncoderRepetitionPenaltyLogitsProcessor,
  RepetitionPenaltyLogitsProcessor,
} from "./repetition_penalty.ts";
import {
  SuppressTokensAtBeginLogitsProcessor,
  SuppressTokensLogitsProcessor,
} from "./suppress_tokens.ts";
import { TemperatureLogitsWarper } from "./temperature.ts";
import { TopKLogitsWarper } from "./top_k.ts";
import { TopPLogitsWarper } from "./top_p.ts";
import { TypicalLogitsWarper } from "./typical.ts";
import { NoBadWordsLogitsProcessor, SequenceBiasLogitsProcessor } from "./word_lists.ts";

/** What rules know about a row of the batch. */
export interface RowFacts {
  /** Number of ids that it starts with, L0. */
  readonly start: number;
  /** The most that it may have, M. */
  readonly length: number;
  /** The visible ids of its encoder's input. */
  readonly encoderIds?: readonly number[];
}

/** The rules of a row. */
export interface RowRules {
  /** What comes before the caller's processors. */
  readonly processors: readonly LogitsProcessor[];
  /** What comes after the caller's processors, without sampling. */
  readonly last: readonly LogitsProcessor[];
  /** What sampling leaves out. */
  readonly warpers: readonly LogitsProcessor[];
}

/**
 * Makes the rules of a row of the batch.
 *
 * @param settings The settings.
 * @param row Its lengths and its encoder's ids.
 * @returns The rules in force.
 */
export function rowRules(settings: ResolvedSettings, row: RowFacts): RowRules {
  const normal = settings.renormalize_logits ? [new LogitNormalization()] : [];
  return {
    processors: listProcessors(settings, row),
    last: normal,
    warpers: settings.do_sample ? [...listWarpers(settings), ...normal] : [],
  };
}

/** Rules about words, which all rows of a call share. */
interface WordRules {
  readonly bias?: SequenceBiasLogitsProcessor;
  readonly bans?: NoBadWordsLogitsProcessor;
}

const wordRulesOfCalls = new WeakMap<ResolvedSettings, WordRules>();

function wordRules(settings: ResolvedSettings): WordRules {
  const { sequence_bias, bad_words_ids, eos_token_id } = settings;
  const rules = wordRulesOfCalls.get(settings) ?? {
    bias: sequence_bias?.length ? new SequenceBiasLogitsProcessor(sequence_bias) : undefined,
    bans: bad_words_ids?.length
      ? new NoBadWordsLogitsProcessor(bad_words_ids, eos_token_id)
      : undefined,
  };
  wordRulesOfCalls.set(settings, rules);
  return rules;
}

function listProcessors(s: ResolvedSettings, row: RowFacts): LogitsProcessor[] {
  const { start, length, encoderIds = [] } = row;
  const ends = s.eos_token_id;
  const rules: LogitsProcessor[] = [];
  const { bias, bans } = wordRules(s);
  if (bias) rules.push(bias);
  if (s.encoder_repetition_penalty !== 1) {
    const penalty = s.encoder_repetition_penalty;
    rules.push(new EncoderRepetitionPenaltyLogitsProcessor(penalty, encoderIds));
  }
  if (s.repetition_penalty !== 1) {
    rules.push(new RepetitionPenaltyLogitsProcessor(s.repetition_penalty));
  }
  if (s.no_repeat_ngram_size > 0) {
    rules.push(new NoRepeatNGramLogitsProcessor(s.no_repeat_ngram_size));
  }
  if (s.encoder_no_repeat_ngram_size > 0) {
    const size = s.encoder_no_repeat_ngram_size;
    rules.push(new EncoderNoRepeatNGramLogitsProcessor(size, encoderIds));
  }
  if (bans) rules.push(bans);
  if (s.min_length > 0) rules.push(new MinLengthLogitsProcessor(s.min_length, ends));
  if (s.min_new_tokens > 0) {
    rules.push(new MinNewTokensLengthLogitsProcessor(start, s.min_new_tokens, ends));
  }
  if (s.forced_bos_token_id !== undefined) {
    rules.push(new ForcedBOSTokenLogitsProcessor(s.forced_bos_token_id));
  }
  if (s.forced_eos_token_id.length > 0) {
    rules.push(new ForcedEOSTokenLogitsProcessor(length, s.forced_eos_token_id));
  }
  if (s.exponential_decay_length_penalty !== undefined) {
    const decay = s.exponential_decay_length_penalty;
    rules.push(new ExponentialDecayLengthPenalty(decay, ends, start));
  }
  if (s.suppress_tokens?.length) rules.push(new SuppressTokensLogitsProcessor(s.suppress_tokens));
  if (s.begin_suppress_tokens?.length) {
    const place = beginOf(s, start);
    rules.push(new SuppressTokensAtBeginLogitsProcessor(s.begin_suppress_tokens, place));
  }
  if (s.forced_decoder_ids?.length) {
    rules.push(new ForceTokensLogitsProcessor(s.forced_decoder_ids));
  }
  return rules;
}

/** The first place at which an id is not forced. */
function beginOf({ forced_bos_token_id, forced_decoder_ids }: ResolvedSettings, start: number) {
  const isForced = start === 1 && forced_bos_token_id !== undefined;
  const last = forced_decoder_ids?.length ? forced_decoder_ids[forced_decoder_ids.length - 1] : [0];
  return start + (isForced ? 1 : 0) + last[0]!;
}

function listWarpers(s: ResolvedSettings): LogitsProcessor[] {
  // Beams need candidates that go on, however many of the first ones end a row.
  const keep = s.num_beams > 1 ? Math.max(2, s.eos_token_id.length + 1) : 1;
  const options = { min_tokens_to_keep: keep };
  const rules: LogitsProcessor[] = [];
  if (s.temperature !== 1) rules.push(new TemperatureLogitsWarper(s.temperature));
  if (s.top_k > 0) rules.push(new TopKLogitsWarper(s.top_k, options));
  if (s.top_p < 1) rules.push(new TopPLogitsWarper(s.top_p, options));
  if (s.min_p > 0) rules.push(new MinPLogitsWarper(s.min_p, options));
  if (s.typical_p < 1) rules.push(new TypicalLogitsWarper(s.typical_p, options));
  if (s.epsilon_cutoff > 0) rules.push(new EpsilonLogitsWarper(s.epsilon_cutoff, options));
  if (s.eta_cutoff > 0) rules.push(new EtaLogitsWarper(s.eta_cutoff, options));
  return rules;
}
