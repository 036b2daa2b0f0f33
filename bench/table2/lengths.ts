/**
 * How much of a passage readers of Table 2 in miniature need: right answers by the tokens that they
 * were given.
 *
 * @module
 */
import { drawLineChart } from "../../picture/line_chart.ts";
import { formatTable } from "../table.ts";
import { type Estimate, estimate } from "../table1/estimate.ts";
import { type AnswersByLength, LENGTHS } from "./evaluate.ts";
import { f1 } from "./f1.ts";
import type { Passages } from "./passages.ts";
import type { Reader } from "./readers.ts";
import type { Explanation } from "./readers_task.ts";
import { askBayes, formatPercent } from "./report.ts";
import type { Run } from "./train_reader.ts";

/** A way to answer. */
export interface LengthRow {
  /** Name for the table and the chart. */
  readonly title: string;
  /** Number of trainings that were asked. */
  readonly runs: number;
  /** Micro F1 of test books for each of {@linkcode LENGTHS}; errors are over trainings. */
  readonly scores: readonly Estimate[];
}

/**
 * Scores answers to the starts of passages.
 *
 * @param passages All passages.
 * @param readers Readers in their order.
 * @param runs Finished trainings.
 * @returns Naive Bayes, then each reader that was asked.
 */
export function lengthRows(
  passages: Passages,
  readers: readonly Reader[],
  runs: readonly Run[],
): LengthRow[] {
  const wanted = passages.test.map(({ author }) => author);
  const rowOf = (title: string, asked: readonly AnswersByLength[]): LengthRow => ({
    title,
    runs: asked.length,
    scores: LENGTHS.map((tokens) =>
      estimate(asked.map((answers) => f1(wanted, answers[tokens].test).micro))
    ),
  });
  const asked = readers.flatMap(({ name, title }) => {
    const own = runs.flatMap(({ reader, lengths }) => reader === name && lengths ? [lengths] : []);
    return own.length === 0 ? [] : [rowOf(title, own)];
  });
  return [rowOf("naive Bayes", [askBayes(passages, LENGTHS)]), ...asked];
}

/**
 * Formats a table of them.
 *
 * @param rows The rows.
 * @returns Lines.
 */
export function formatLengths(rows: readonly LengthRow[]): string[] {
  return formatTable(
    ["first tokens of a test passage", ...LENGTHS.map((tokens) => tokens.toLocaleString("en"))],
    rows.map(({ title, runs, scores }) => [
      title,
      ...scores.map((score) => formatPercent(score, runs)),
    ]),
  );
}

/**
 * Draws them.
 *
 * @param rows The rows.
 * @returns An SVG document.
 */
export function drawLengths(rows: readonly LengthRow[]): string {
  return drawLineChart({
    title: "Who wrote this passage? Given its first tokens alone",
    xLabel: "tokens",
    yLabel: "micro F1 of test books, per cent",
    yScale: "linear",
    series: rows.map(({ title, scores }) => ({
      name: title,
      points: scores.map(({ mean }, i) => [LENGTHS[i], 100 * mean] as const),
    })),
  });
}

/**
 * Tells how many tokens readers need, in a table and a chart.
 *
 * @param passages All passages.
 * @param readers Readers in their order.
 * @param runs Finished trainings.
 * @returns What explains their results.
 */
export function explainLengths(
  passages: Passages,
  readers: readonly Reader[],
  runs: readonly Run[],
): Explanation {
  const rows = lengthRows(passages, readers, runs);
  return {
    lines: [
      "Micro F1 of test books by readers that are given the first tokens of each passage alone; " +
      "those of 512 tokens add up windows:",
      "",
      ...formatLengths(rows),
    ],
    charts: { _lengths: drawLengths(rows) },
  };
}
