/**
 * Settings of `generate()`, with the names of transformers.
 *
 * @module
 */
import type { GenerationCache } from "./generation_cache.ts";
import type { LogitsFunction } from "./score_rules/logits_processor.ts";
import type { TextDecoder } from "./text_decoder.ts";
import type { StoppingFunction } from "./stopping_criteria.ts";
import type { BaseStreamer } from "./streamers/base_streamer.ts";

/** One id, or several. */
export type OneOrMore = number | readonly number[];

/** How long rows become. */
export interface LengthSettings {
  /** Most ids of a row, those that it starts with included. */
  readonly max_length?: number | null;
  /** Most generated ids; instead of `max_length`. */
  readonly max_new_tokens?: number | null;
  /** Fewest ids of a row, those that it starts with included. */
  readonly min_length?: number | null;
  /** Fewest generated ids. */
  readonly min_new_tokens?: number | null;
  /** Seconds after which all rows end. */
  readonly max_time?: number | null;
  /** Texts that end a row when it has one of them; needs `tokenizer`. */
  readonly stop_strings?: string | readonly string[] | null;
  /** Decodes ids for `stop_strings`. */
  readonly tokenizer?: TextDecoder | null;
}

/** Ids with a role. Null for none, whatever the checkpoint says. */
export interface RoleSettings {
  /** The id that a row starts with if there is no other. */
  readonly bos_token_id?: number | null;
  /** What fills rows that have ended; the first id that ends a row if absent. */
  readonly pad_token_id?: number | null;
  /** The ids that end a row. */
  readonly eos_token_id?: OneOrMore | null;
  /** The id that a row of an encoder-decoder starts with. */
  readonly decoder_start_token_id?: number | null;
  /** The first id after a start of one id. */
  readonly forced_bos_token_id?: number | null;
  /** The last id of a row that reaches its greatest length. */
  readonly forced_eos_token_id?: OneOrMore | null;
  /** Places of a row and the ids forced there; null leaves a place free. */
  readonly forced_decoder_ids?: readonly (readonly [number, number | null])[] | null;
}

/** What changes the scores of the next id. */
export interface ScoreSettings {
  /** Words, as lists of ids, and what is added to the score of the id that completes them. */
  readonly sequence_bias?: readonly (readonly [readonly number[], number])[] | null;
  /** Above 1: ids of the encoder's input become more likely. */
  readonly encoder_repetition_penalty?: number | null;
  /** Above 1: ids of the row become less likely. */
  readonly repetition_penalty?: number | null;
  /** No sequence of so many ids occurs twice in a row; 0: any may. */
  readonly no_repeat_ngram_size?: number | null;
  /** No sequence of so many ids of the encoder's input occurs in a row; 0: any may. */
  readonly encoder_no_repeat_ngram_size?: number | null;
  /** Words, as lists of ids, that do not occur. */
  readonly bad_words_ids?: readonly (readonly number[])[] | null;
  /** After how many generated ids the end becomes more likely, and by which factor an id. */
  readonly exponential_decay_length_penalty?: readonly [number, number] | null;
  /** Ids that do not occur. */
  readonly suppress_tokens?: readonly number[] | null;
  /** Ids that are not generated first. */
  readonly begin_suppress_tokens?: readonly number[] | null;
  /** Processors of the caller; see `LogitsProcessor`. */
  readonly logits_processor?: LogitsFunction | Iterable<LogitsFunction> | null;
  /** Whether changed scores become logarithms of probabilities again. */
  readonly renormalize_logits?: boolean | null;
}

/** How ids are drawn. */
export interface SamplingSettings {
  /** Whether ids are drawn; otherwise the best are chosen. */
  readonly do_sample?: boolean | null;
  /** Below 1: likely ids become likelier. */
  readonly temperature?: number | null;
  /** Draws from so many of the likeliest ids; 0: all. */
  readonly top_k?: number | null;
  /** Draws from the likeliest ids whose probabilities add up to this. */
  readonly top_p?: number | null;
  /** Leaves out ids that are less likely than this share of the likeliest one; 0: none. */
  readonly min_p?: number | null;
  /** Draws from the ids closest to the entropy whose probabilities add up to this. */
  readonly typical_p?: number | null;
  /** Leaves out ids that are less likely; 0: none. */
  readonly epsilon_cutoff?: number | null;
  /** Leaves out ids that are less likely, by a limit that depends on the entropy; 0: none. */
  readonly eta_cutoff?: number | null;
  /** Seed of what is drawn, an unsigned 32-bit integer; another one each time if absent. */
  readonly seed?: number | null;
}

/** How rows are searched. */
export interface BeamSettings {
  /** Number of beams; 1: none. */
  readonly num_beams?: number | null;
  /** Groups of beams that avoid each other's choices; divides `num_beams`. */
  readonly num_beam_groups?: number | null;
  /** What an id loses for each beam of an earlier group that picked it. */
  readonly diversity_penalty?: number | null;
  /** Whether a row ends with `num_beams` candidates; `"never"`: when none can become better. */
  readonly early_stopping?: boolean | "never" | null;
  /** Exponent of the length by which scores are divided: above 0 for longer rows. */
  readonly length_penalty?: number | null;
  /** Number of rows returned for each input. */
  readonly num_return_sequences?: number | null;
}

/** What goes in and comes out besides ids. */
export interface RunSettings {
  /** Whether an object comes back instead of a tensor of ids. */
  readonly return_dict_in_generate?: boolean | null;
  /** Whether that object has the scores of each step. */
  readonly output_scores?: boolean | null;
  /** Called with the start, then with each id, as they are chosen; not with beams. */
  readonly streamer?: BaseStreamer | null;
  /** Called after each step with the ids of all rows; true ends a row. See `StoppingCriteria`. */
  readonly stopping_criteria?: StoppingFunction | Iterable<StoppingFunction> | null;
  /** Ends the call with the signal's reason after the step that runs. */
  readonly signal?: AbortSignal | null;
  /** Keys and values of an earlier call, whose rows the prompts begin with. */
  readonly past_key_values?: GenerationCache | null;
  /** Without effect: keys and values are always kept. */
  readonly use_cache?: boolean | null;
}

/** Settings of `generate()`; absent ones are the checkpoint's, null means none. */
export interface GenerationSettings
  extends
    LengthSettings,
    RoleSettings,
    ScoreSettings,
    SamplingSettings,
    BeamSettings,
    RunSettings {}
