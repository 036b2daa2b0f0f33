/**
 * Tables 4 to 7 in miniature.
 *
 * @module
 */
import type { Rouge } from "../../cli/rouge.ts";
import { median } from "../measure.ts";
import { formatTable } from "../table.ts";
import { estimate } from "../table1/estimate.ts";
import type { Measured } from "./measure_summaries.ts";

/** Summaries without a model. */
export interface Baseline {
  /** Name for tables. */
  readonly name: string;
  /** Most tokens of a passage. */
  readonly tokens: number;
  /** Scores of each passage. */
  readonly scores: readonly Rouge[];
}

const HEADINGS = [
  "tokens",
  "encoder",
  "globals",
  "ROUGE-1",
  "ROUGE-2",
  "ROUGE-L",
  "free, R-1",
  "s",
  "MB",
];

/**
 * Formats the table: at each length the baselines, then the encoders. ROUGE has standard errors over
 * passages.
 *
 * @param measured The encoders at each length.
 * @param baselines The baselines at each length.
 * @returns Lines.
 */
export function formatSummaries(
  measured: readonly Measured[],
  baselines: readonly Baseline[],
): string[] {
  const lengths = [...new Set(measured.map(({ tokens }) => tokens))];
  const rows = lengths.flatMap((length) => {
    const first = length.toLocaleString("en");
    return [
      ...baselines.filter(({ tokens }) => tokens === length).map(({ name, scores }) => [
        first,
        name,
        "",
        ...formatScores(scores),
        "",
        "",
        "",
      ]),
      ...measured.filter(({ tokens }) => tokens === length).map((one) => [
        first,
        one.pattern,
        one.globals === 0 ? "" : String(one.globals),
        ...formatScores(one.sentences),
        formatPercent(one.free.map(({ rouge1 }) => rouge1)),
        median(one.seconds).toFixed(1),
        Math.round(one.megabytes).toLocaleString("en"),
      ]),
    ];
  });
  return formatTable(HEADINGS, rows);
}

function formatScores(scores: readonly Rouge[]): string[] {
  return (["rouge1", "rouge2", "rougeL"] as const).map((name) =>
    formatPercent(scores.map((score) => score[name]))
  );
}

/** Per cent, as papers print ROUGE. */
function formatPercent(values: readonly number[]): string {
  if (values.length === 0) return "";
  const { mean, error } = estimate(values);
  // A single passage has no standard error.
  return (100 * mean).toFixed(1) + (values.length > 1 ? `±${(100 * error).toFixed(1)}` : "");
}
