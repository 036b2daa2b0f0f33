/**
 * A reader's answers.
 *
 * @module
 */
import type { SequenceClassification } from "../../models/mod.ts";
import { cutWindows, LONG, type Passage, type Passages, SHORT } from "./passages.ts";
import { best, logProbabilities, majority, sumWindows } from "./votes.ts";

/** Tokens at the start of a passage that a reader is asked about, if it is asked about parts. */
export const LENGTHS = [128, 256, SHORT, 1024, 2048, LONG];

/** The author that a reader names for each passage of the valid and test books. */
export interface Answer {
  /** Indices of authors. */
  readonly valid: readonly number[];
  /** Indices of authors. */
  readonly test: readonly number[];
}

/**
 * Answers by how they are made: from the `whole` passage; by a short reader from the `first` window,
 * by `majority` of all windows, or by the `sum` of their log-probabilities.
 */
export type Answers = Readonly<Record<string, Answer>>;

/** Answers by the number of tokens, of {@linkcode LENGTHS}, that a reader was given. */
export type AnswersByLength = Readonly<Record<number, Answer>>;

/** Log-probabilities of each window. */
type Windows = readonly (readonly number[])[];

const WHOLE = { whole: (windows: Windows) => best(windows[0]) };

const OF_WINDOWS = {
  first: (windows: Windows) => best(windows[0]),
  majority,
  sum: (windows: Windows) => best(sumWindows(windows)),
};

/**
 * Asks a reader.
 *
 * @param model The reader's model.
 * @param tokens Tokens that it reads at a time.
 * @param passages The passages.
 * @returns Its answers.
 */
export async function evaluate(
  model: SequenceClassification,
  tokens: number,
  { valid, test }: Passages,
): Promise<Answers> {
  const read = async (passages: Passages["valid"]) => {
    const scores: Windows[] = [];
    for (const passage of passages) scores.push(await score(model, cutWindows(passage, tokens)));
    return scores;
  };
  const [ofValid, ofTest] = [await read(valid), await read(test)];
  const ways: Record<string, (windows: Windows) => number> = tokens === LONG ? WHOLE : OF_WINDOWS;
  return Object.fromEntries(
    Object.entries(ways).map(([name, way]) =>
      [name, { valid: ofValid.map(way), test: ofTest.map(way) }] as const
    ),
  );
}

/**
 * Asks a reader about the start of each passage: how much of it does it need?
 *
 * A reader that takes fewer tokens at a time answers by the sum of its log-probabilities.
 *
 * @param model The reader's model.
 * @param tokens Tokens that it reads at a time.
 * @param passages The passages.
 * @returns Its answers to each length.
 */
export async function evaluateLengths(
  model: SequenceClassification,
  tokens: number,
  { valid, test }: Passages,
): Promise<AnswersByLength> {
  const answers: Record<number, Answer> = {};
  for (const length of LENGTHS) {
    const answer = async (passage: Passage) => {
      const windows = cutWindows(passage, Math.min(length, tokens));
      return best(sumWindows(await score(model, windows.slice(0, Math.max(1, length / tokens)))));
    };
    const all = async (passages: readonly Passage[]) => {
      const named: number[] = [];
      for (const passage of passages) named.push(await answer(passage));
      return named;
    };
    answers[length] = { valid: await all(valid), test: await all(test) };
  }
  return answers;
}

async function score(
  model: SequenceClassification,
  input_ids: readonly (readonly number[])[],
): Promise<Windows> {
  const { logits } = await model({ input_ids });
  const scores = logits.tolist() as number[][];
  logits.dispose();
  return scores.map(logProbabilities);
}
