/**
 * Hides words of a text.
 *
 * @module
 */
import { Random } from "../tensor/random.ts";
import type { PreTrainedTokenizer } from "../tokenizer/mod.ts";

/** A text with hidden words. */
export interface Riddle {
  /** `[tokens]`: ids with masks. */
  readonly masked: readonly number[];
  /** Where the masks are, in order. */
  readonly places: readonly number[];
  /** The id that was at each place. */
  readonly truth: readonly number[];
}

/** Hidden words are this many tokens apart or more, so that each keeps its context. */
const DISTANCE = 10;

/**
 * Hides whole words that are a single token, at random places.
 *
 * @param ids `[tokens]`, special tokens included.
 * @param tokenizer What made them.
 * @param count How many words.
 * @param seed Which ones.
 * @returns The text with masks.
 */
export function hideWords(
  ids: readonly number[],
  tokenizer: PreTrainedTokenizer,
  count: number,
  seed: number,
): Riddle {
  const tokens = ids.map((id) => tokenizer.decode([id]));
  const isWord = (i: number) =>
    /^ \p{Ll}{3,}$/u.test(tokens[i]) && !/^\p{L}/u.test(tokens[i + 1] ?? "");
  const candidates = tokens.flatMap((_, i) => isWord(i) ? [i] : []);
  const random = new Random(seed);
  const places: number[] = [];
  while (places.length < count && candidates.length > 0) {
    const [place] = candidates.splice(Math.floor(random.uniform() * candidates.length), 1);
    if (places.every((other) => Math.abs(other - place) >= DISTANCE)) places.push(place);
  }
  places.sort((a, b) => a - b);
  const hidden = new Set(places);
  return {
    masked: ids.map((id, i) => hidden.has(i) ? tokenizer.mask_token_id! : id),
    places,
    truth: places.map((place) => ids[place]),
  };
}
