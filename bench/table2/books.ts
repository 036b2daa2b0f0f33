/**
 * Which books readers of Table 2 in miniature know: a part of the data has one book of each author.
 *
 * @module
 */
import { type Estimate, estimate } from "../table1/estimate.ts";
import { drawDotChart } from "./dot_chart.ts";
import type { Answer } from "./evaluate.ts";
import { LONG, type Passages } from "./passages.ts";
import { askBayes } from "./report.ts";
import type { Run } from "./train_reader.ts";

/** A way to answer. */
export interface BookRow {
  /** Name for the chart. */
  readonly name: string;
  /** Share of right answers for each test book; errors are over trainings. */
  readonly shares: readonly Estimate[];
}

/**
 * Counts right answers for each test book.
 *
 * @param passages All passages.
 * @param runs Finished trainings.
 * @returns Naive Bayes, readers of windows, and those of whole passages, all together.
 */
export function bookRows(passages: Passages, runs: readonly Run[]): BookRow[] {
  const { authors, test } = passages;
  const ways = {
    "naive Bayes": [askBayes(passages, [LONG])[LONG]],
    "512 tokens, sum": runs.flatMap(({ answers }) => answers.sum ?? []),
    "4,096 tokens": runs.flatMap(({ answers }) => answers.whole ?? []),
  };
  const sharesOf = (answers: readonly Answer[]) =>
    authors.map((_, author) => {
      const own = test.flatMap((passage, i) => passage.author === author ? [i] : []);
      const share = (named: readonly number[]) =>
        own.filter((i) => named[i] === author).length / own.length;
      return estimate(answers.map((answer) => share(answer.test)));
    });
  return Object.entries(ways).filter(([, answers]) => answers.length > 0)
    .map(([name, answers]) => ({ name, shares: sharesOf(answers) }));
}

/**
 * Tells how much figures depend on the choice of books.
 *
 * @param rows The rows.
 * @returns The mean over books of each row, with the standard error over books.
 */
export function describeBooks(rows: readonly BookRow[]): string {
  const ofRow = ({ name, shares }: BookRow) => {
    const { mean, error } = estimate(shares.map((share) => share.mean));
    return `${name} ${(100 * mean).toFixed(1)}±${(100 * error).toFixed(1)}`;
  };
  const books = rows[0].shares.length;
  return `Right answers, in per cent, ± standard error over the ${books} test books: ` +
    `${rows.map(ofRow).join("; ")}.`;
}

/**
 * Draws them.
 *
 * @param passages All passages.
 * @param rows The rows.
 * @returns An SVG document.
 */
export function drawBooks({ authors }: Passages, rows: readonly BookRow[]): string {
  return drawDotChart({
    title: "Which test books does a reader know?",
    xLabel: "right answers, per cent; lines: standard error over trainings",
    rows: authors,
    series: rows.map(({ name, shares }) => ({
      name,
      points: shares.map(({ mean, error }) => ({ mean: 100 * mean, error: 100 * error })),
    })),
  });
}
