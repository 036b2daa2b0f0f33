/**
 * Predictions of hidden words: passages, and what a data type changes.
 *
 * @module
 */
import type { MaskedLM } from "../../models/mod.ts";
import { Random } from "../../tensor/random.ts";
import type { PreTrainedTokenizer } from "../../tokenizer/mod.ts";
import type { Window } from "../table1/passages.ts";

/** Upper estimate of characters per token. */
const CHARACTERS = 8;

/** Fraction of hidden tokens. */
const HIDDEN = 0.15;

/** How many times as likely as its second guess a first guess is that leads clearly. */
export const CLEAR_LEAD = 2;

/** Guesses at a hidden token. */
export interface Guess {
  /** Most likely token. */
  readonly best: number;
  /** How many times as likely it is as the next one. */
  readonly lead: number;
  /** `−log₂ p` of the hidden token. */
  readonly bits: number;
}

/** What a data type changes. */
export interface Agreement {
  /** Share of equal first guesses. */
  readonly equal: number;
  /** The same, where the reference leads clearly. */
  readonly clear: number;
  /** Mean bits of a hidden token. */
  readonly bits: number;
}

/**
 * Cuts passages at equal distances from a text, and hides some of their tokens.
 *
 * @param text Books, each after a line `<|document|> AUTHOR/TITLE`.
 * @param tokenizer The model's tokenizer.
 * @param count Number of passages.
 * @param tokens Tokens of a passage, special tokens included.
 * @returns The passages.
 */
export function hideWords(
  text: string,
  tokenizer: PreTrainedTokenizer,
  count: number,
  tokens: number,
): Window[] {
  const random = new Random(0);
  return cutTexts(text, count, tokens * CHARACTERS).map((passage) => {
    const { input_ids } = tokenizer(passage, { truncation: true, max_length: tokens });
    const ids = (input_ids.tolist() as bigint[][])[0].map(Number);
    const inner = ids.map((_, position) => position).slice(1, -1);
    const positions = inner.filter(() => random.uniform() < HIDDEN);
    const targets = positions.map((position) => ids[position]);
    for (const position of positions) ids[position] = tokenizer.mask_token_id!;
    return { ids, positions, targets };
  });
}

/**
 * Cuts texts at equal distances.
 *
 * @param text Books, each after a line `<|document|> AUTHOR/TITLE`.
 * @param count Number of texts.
 * @param characters Their length.
 * @returns The texts.
 */
export function cutTexts(text: string, count: number, characters: number): string[] {
  const plain = text.replace(/<\|document\|>.*\n/g, "");
  const step = Math.floor(plain.length / count);
  return Array.from({ length: count }, (_, i) => plain.slice(i * step, i * step + characters));
}

/**
 * Predicts the hidden tokens of passages.
 *
 * @param model The model.
 * @param passages The passages.
 * @returns The guesses, passage by passage.
 */
export async function guessWords(model: MaskedLM, passages: readonly Window[]): Promise<Guess[]> {
  const guesses: Guess[] = [];
  for (const { ids, positions, targets } of passages) {
    if (positions.length === 0) continue; // in a short passage there may be no hidden token
    const logits = await model.logitsAt({ input_ids: [ids] }, [positions]);
    const scores = await logits.getData();
    const words = logits.dims[2];
    logits.dispose();
    targets.forEach((target, i) =>
      guesses.push(guess(scores.subarray(i * words, (i + 1) * words), target))
    );
  }
  return guesses;
}

/** The guess that scores are, and how likely they make the token. */
function guess(scores: Float32Array, target: number): Guess {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i] > scores[best]) best = i;
  const second = scores.reduce((top, score, i) => i === best ? top : Math.max(top, score), -1e30);
  const sum = scores.reduce((total, score) => total + Math.exp(score - scores[best]), 0);
  return {
    best,
    lead: Math.exp(scores[best] - second),
    bits: (Math.log(sum) + scores[best] - scores[target]) / Math.LN2,
  };
}

/**
 * Compares guesses with those of a reference.
 *
 * @param guesses The guesses.
 * @param reference The reference's at the same tokens.
 * @returns Shares of equal guesses, and bits.
 * @throws {RangeError} If there are none, not as many, or none of the reference's leads clearly.
 */
export function compareGuesses(guesses: readonly Guess[], reference: readonly Guess[]): Agreement {
  const clear = reference.filter(({ lead }) => lead >= CLEAR_LEAD).length;
  if (guesses.length !== reference.length || clear === 0) {
    throw new RangeError(
      `Cannot compare ${guesses.length} guesses with ${reference.length}, of which ${clear} lead`,
    );
  }
  const same = guesses.map(({ best }, i) => best === reference[i].best);
  const both = same.filter((isSame, i) => isSame && reference[i].lead >= CLEAR_LEAD).length;
  return {
    equal: same.filter(Boolean).length / same.length,
    clear: both / clear,
    bits: guesses.reduce((sum, { bits }) => sum + bits, 0) / guesses.length,
  };
}
