/** Results as a training leaves them, of two passages of valid and four of test books. */
import type { Passages } from "../../../bench/table2/passages.ts";
import type { Run } from "../../../bench/table2/train_reader.ts";

const passage = (author: number) => ({ author, ids: new Uint16Array(0) });

/** Two authors; naive Bayes has nothing to learn from. */
export const PASSAGES: Passages = {
  authors: ["A", "B"],
  train: [],
  valid: [passage(0), passage(1)],
  test: [passage(0), passage(0), passage(1), passage(1)],
};

/**
 * Makes a result.
 *
 * @param reader Name of the reader.
 * @param seed Its seed.
 * @param test The authors that it names for the test passages.
 * @returns The result; all valid passages are right.
 */
export function run(reader: string, seed: number, test: number[]): Run {
  const answer = { valid: [0, 1], test };
  return {
    reader,
    seed,
    epochs: 2,
    baseEpochs: 2,
    answers: ["base", "full_512"].includes(reader)
      ? { first: answer, majority: answer, sum: answer }
      : { whole: answer },
    loss: 1,
    seconds: 1 + seed,
    megabytes: 1000 + seed,
  };
}
