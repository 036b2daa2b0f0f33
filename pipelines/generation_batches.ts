/**
 * Batches of texts that a model continues or writes about, and settings of their calls.
 *
 * @module
 */
import type { GenerationSettings } from "../generation/settings.ts";
import type { EncodedRow } from "../tokenizer/mod.ts";

/** Most tokens of texts that are generated from together, and most bytes of their keys and values. */
const [MAX_BATCH_TOKENS, MAX_BATCH_BYTES] = [8192, 2 ** 28];

/** Most new tokens where neither the call nor the checkpoint says. */
const DEFAULT_NEW_TOKENS = 256;

/** Settings of the call, and of the checkpoint for the task. */
export interface SettingSources {
  /** Those of the call. */
  readonly given: GenerationSettings;
  /** Those of the checkpoint. */
  readonly own: GenerationSettings;
}

/**
 * Divides rows into batches.
 *
 * @param rows The rows.
 * @param bytes Bytes of a token's keys and values.
 * @param isAlone Whether each row is a batch, as a streamer wants.
 * @returns First row and number of rows of each batch; a longer row than fits is alone.
 */
export function batchRows(
  rows: readonly EncodedRow[],
  bytes: number,
  isAlone: boolean,
): [first: number, count: number][] {
  const most = isAlone ? 0 : Math.min(MAX_BATCH_TOKENS, Math.floor(MAX_BATCH_BYTES / bytes));
  const found: [number, number][] = [];
  let tokens = Infinity;
  rows.forEach(({ ids }, i) => {
    tokens += ids.length;
    if (tokens > most) {
      found.push([i, 0]);
      tokens = ids.length;
    }
    found[found.length - 1][1]++;
  });
  return found;
}

/**
 * Chooses a length where neither the call nor the checkpoint has one.
 *
 * @param sources Settings.
 * @param most Most new tokens that there is room for.
 * @returns The setting; none if there is a length.
 */
export function defaultLength({ given, own }: SettingSources, most: number): GenerationSettings {
  const hasLength = ({ max_length, max_new_tokens }: GenerationSettings) =>
    max_length !== undefined || max_new_tokens !== undefined;
  if (hasLength(given) || hasLength(own)) return {};
  return { max_new_tokens: Math.max(1, Math.min(DEFAULT_NEW_TOKENS, most)) };
}

/**
 * Chooses the seed of a batch: it goes on behind the seeds of those before it.
 *
 * @param sources Settings.
 * @param texts Texts of the batches before.
 * @param rows Rows that these gave.
 * @returns The setting; none without a seed.
 */
export function laterSeed(
  { given, own }: SettingSources,
  texts: number,
  rows: number,
): GenerationSettings {
  const { seed, num_beams } = given;
  if (typeof seed !== "number" || texts === 0) return {};
  const beams = num_beams ?? own.num_beams ?? 1;
  // One generator a text with beams, one a row without.
  return { seed: (seed + (beams > 1 ? texts : rows)) >>> 0 };
}
