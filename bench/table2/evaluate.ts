/**
 * A reader's answers.
 *
 * @module
 */
import type { SequenceClassification } from "../../models/mod.ts";
import { cutWindows, LONG, type Passages } from "./passages.ts";
import { best, logProbabilities, majority, sumWindows } from "./votes.ts";

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
    for (const passage of passages) {
      const { logits } = await model({ input_ids: cutWindows(passage, tokens) });
      scores.push((logits.tolist() as number[][]).map(logProbabilities));
      logits.dispose();
    }
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
