/**
 * Table 2 in miniature, as a table and as a chart.
 *
 * @module
 */
import { formatTable } from "../table.ts";
import { type Estimate, estimate } from "../table1/estimate.ts";
import { drawDotChart } from "./dot_chart.ts";
import type { Answer, Answers, AnswersByLength } from "./evaluate.ts";
import { f1 } from "./f1.ts";
import { NaiveBayes } from "./naive_bayes.ts";
import { LONG, type Passages, SHORT } from "./passages.ts";
import type { Reader } from "./readers.ts";
import type { Run } from "./train_reader.ts";
import { best } from "./votes.ts";

/** What a row of the table is made of. */
export interface Row {
  /** Name for tables. */
  readonly title: string;
  /** The answers of each seed; one of a method that draws nothing. */
  readonly answers: readonly Answer[];
  /** Number of seeds; absent if nothing is drawn. */
  readonly seeds?: number;
  /** Seconds for 4,096 tokens of the fastest training. */
  readonly seconds?: number;
  /** Peak memory of a training, in 2²⁰ bytes. */
  readonly megabytes?: number;
}

const HEADINGS = ["reader", "valid", "macro", "test", "macro", "runs", "sec", "MB"];

/** What follows the reader's name, by how its answers are made. */
const WAYS: Readonly<Record<string, string>> = {
  whole: "",
  first: ": first of 8",
  majority: ": vote of 8",
  sum: ": sum of 8",
};

/** Ids of the tokenizer. */
const VOCABULARY = 8192;

/**
 * Asks naive Bayes about the starts of passages.
 *
 * @param passages All passages.
 * @param lengths Tokens of a start.
 * @returns Its answers to each length.
 */
export function askBayes(
  { authors, train, valid, test }: Passages,
  lengths: readonly number[],
): AnswersByLength {
  const bayes = new NaiveBayes(train, authors.length, VOCABULARY);
  const name = (passages: Passages["valid"], tokens: number) =>
    passages.map(({ ids }) => best(bayes.score(ids.subarray(0, tokens - 2))));
  return Object.fromEntries(
    lengths.map((tokens) =>
      [tokens, { valid: name(valid, tokens), test: name(test, tokens) }] as const
    ),
  );
}

/**
 * The rows of naive Bayes.
 *
 * @param passages All passages.
 * @returns One for each number of tokens.
 */
export function bayesRows(passages: Passages): Row[] {
  return Object.entries(askBayes(passages, [SHORT, 1024, 2048, LONG])).map(([tokens, answer]) => ({
    title: `naive Bayes, ${Number(tokens).toLocaleString("en")} tokens`,
    answers: [answer],
  }));
}

/**
 * The rows of readers that have runs.
 *
 * @param readers The readers in their order.
 * @param runs Runs of the same settings.
 * @returns One or three for each reader.
 */
export function readerRows(readers: readonly Reader[], runs: readonly Run[]): Row[] {
  return readers.flatMap(({ name, title }) => {
    const own = runs.filter(({ reader }) => reader === name);
    if (own.length === 0) return [];
    const costs = {
      seeds: own.length,
      // Of the one that other work disturbed least.
      seconds: Math.min(...own.map(({ seconds }) => seconds)),
      megabytes: Math.max(...own.map(({ megabytes }) => megabytes)),
    };
    return Object.keys(own[0].answers).map((way, i) => ({
      title: title + WAYS[way],
      answers: own.map(({ answers }: { answers: Answers }) => answers[way]),
      seeds: own.length,
      ...(i === 0 && costs),
    }));
  });
}

/** Micro and macro F1 of a row. */
function scoresOf({ answers }: Row, passages: Passages): Record<string, Estimate> {
  const score = (split: "valid" | "test", kind: "micro" | "macro") => {
    const wanted = passages[split].map(({ author }) => author);
    return estimate(answers.map((answer) => f1(wanted, answer[split])[kind]));
  };
  return {
    validMicro: score("valid", "micro"),
    validMacro: score("valid", "macro"),
    testMicro: score("test", "micro"),
    testMacro: score("test", "macro"),
  };
}

/**
 * Formats the table: F1 in per cent with the standard error over seeds.
 *
 * @param rows Its rows.
 * @param passages The passages that the answers are for.
 * @returns Lines.
 */
export function formatRows(rows: readonly Row[], passages: Passages): string[] {
  return formatTable(
    HEADINGS,
    rows.map((row) => [
      row.title,
      ...Object.values(scoresOf(row, passages)).map((one) =>
        formatPercent(one, row.answers.length)
      ),
      row.seeds?.toString() ?? "",
      row.seconds?.toFixed(2) ?? "",
      row.megabytes === undefined ? "" : Math.round(row.megabytes).toLocaleString("en"),
    ]),
  );
}

/**
 * Draws micro F1 of valid and test books.
 *
 * @param title Title of the chart.
 * @param rows Rows of the table.
 * @param passages The passages that the answers are for.
 * @returns An SVG document.
 */
export function drawRows(title: string, rows: readonly Row[], passages: Passages): string {
  const scores = rows.map((row) => scoresOf(row, passages));
  const percent = ({ mean, error }: Estimate) => ({ mean: 100 * mean, error: 100 * error });
  return drawDotChart({
    title,
    xLabel: "micro F1, per cent; lines: standard error over seeds",
    rows: rows.map((row) => row.title),
    series: [
      { name: "valid books", points: scores.map(({ validMicro }) => percent(validMicro)) },
      { name: "test books", points: scores.map(({ testMicro }) => percent(testMicro)) },
    ],
  });
}

/**
 * Formats a share in per cent, with its standard error if there is more than one value.
 *
 * @param share Its mean and standard error.
 * @param count Number of values.
 * @returns Such as `56.8±1.2`.
 */
export function formatPercent({ mean, error }: Estimate, count: number): string {
  return (100 * mean).toFixed(1) + (count > 1 ? `±${(100 * error).toFixed(1)}` : "");
}
