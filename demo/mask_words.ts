/**
 * Masking of words in a text.
 *
 * @module
 */
import { Random } from "../tensor/random.ts";
import type { PreTrainedTokenizer } from "../tokenizer/mod.ts";

/** A text with masked words. */
export interface MaskedText {
  /** `[tokens]`: ids, with mask tokens. */
  readonly ids: readonly number[];
  /** Positions of the mask tokens, ascending. */
  readonly positions: readonly number[];
  /** Original id at each of these positions. */
  readonly targets: readonly number[];
}

/** Least distance between masked words in tokens, so that each has some context. */
const DISTANCE = 10;

/**
 * Masks random words that consist of a single token.
 *
 * @param ids `[tokens]`, including special tokens.
 * @param tokenizer The tokenizer of these ids.
 * @param count Number of words.
 * @param seed Seed of the choice.
 * @returns The masked text.
 */
export function maskWords(
  ids: readonly number[],
  tokenizer: PreTrainedTokenizer,
  count: number,
  seed: number,
): MaskedText {
  const tokens = ids.map((id) => tokenizer.decode([id]));
  const isWord = (i: number) =>
    /^ \p{Ll}{3,}$/u.test(tokens[i]) && !/^\p{L}/u.test(tokens[i + 1] ?? "");
  const candidates = tokens.flatMap((_, i) => isWord(i) ? [i] : []);
  const random = new Random(seed);
  const positions: number[] = [];
  while (positions.length < count && candidates.length > 0) {
    const [position] = candidates.splice(Math.floor(random.uniform() * candidates.length), 1);
    if (positions.every((other) => Math.abs(other - position) >= DISTANCE)) {
      positions.push(position);
    }
  }
  positions.sort((a, b) => a - b);
  const masked = new Set(positions);
  return {
    ids: ids.map((id, i) => masked.has(i) ? tokenizer.mask_token_id! : id),
    positions,
    targets: positions.map((position) => ids[position]),
  };
}
