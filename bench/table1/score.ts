/**
 * How well a model guesses hidden tokens.
 *
 * @module
 */
import type { MaskedLM } from "../../models/mod.ts";
import { borderBits, COPY } from "./border_bits.ts";
import { type Guess, guess } from "./guess.ts";
import type { Window } from "./passages.ts";

/** Of one passage. */
export interface Score {
  /** Mean of `−log₂ p` of hidden tokens. */
  readonly bits: number;
  /** Share of hidden tokens whose likeliest guess is right. */
  readonly accuracy: number;
  /** Seconds a window. */
  readonly seconds: number;
  /** {@linkcode borderBits}; none where a window holds one copy of the position table. */
  readonly borders: readonly number[];
}

/**
 * Lets a model guess, and takes the time.
 *
 * @param model The model.
 * @param windows The windows of a passage.
 * @returns The score.
 */
export async function score(model: MaskedLM, windows: readonly Window[]): Promise<Score> {
  const start = performance.now();
  const guesses: Guess[] = [];
  for (const window of windows) {
    if (window.places.length > 0) guesses.push(...await guess(model, window));
  }
  const milliseconds = performance.now() - start;
  return {
    bits: guesses.reduce((sum, { bits }) => sum + bits, 0) / guesses.length,
    accuracy: guesses.filter(({ isRight }) => isRight).length / guesses.length,
    seconds: milliseconds / 1000 / windows.length,
    borders: windows[0].ids.length > COPY ? borderBits(guesses) : [],
  };
}
