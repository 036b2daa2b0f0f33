/**
 * Table and chart of the comparison.
 *
 * @module
 */
import { lineChart } from "../line_chart.ts";
import { median } from "../measure.ts";
import { formatTable } from "../table.ts";
import { DISTANCES } from "./border_bits.ts";
import type { Measured } from "./measure_pattern.ts";
import { estimate } from "./estimate.ts";

const HEADINGS = [
  "attention",
  "bits 512",
  "bits 4,096",
  "change",
  "right",
  "4,096",
  "s",
  "4,096",
  "MB",
];

/**
 * The table: for each pattern bits a hidden token and the share of right guesses at 512 and at 4,096
 * tokens, with standard errors over passages, the change of bits from one length to the other, also
 * over passages, seconds a window, and the process's memory at 4,096.
 *
 * @param measured Every pattern at both lengths.
 * @returns Lines.
 */
export function tableLines(measured: readonly Measured[]): string[] {
  const names = [...new Set(measured.map(({ pattern }) => pattern))];
  const rows = names.map((name) => {
    const [short, long] = [512, 4096].map((wanted) =>
      measured.find(({ pattern, length }) => pattern === name && length === wanted)!
    );
    const of = (from: Measured, what: "bits" | "accuracy" | "seconds") =>
      from.scores.map((score) => score[what]);
    const right = (from: Measured) => `${(100 * estimate(of(from, "accuracy")).mean).toFixed(0)} %`;
    return [
      name,
      bits(of(short, "bits")),
      bits(of(long, "bits")),
      bits(of(long, "bits").map((value, i) => value - short.scores[i].bits)),
      right(short),
      right(long),
      median(of(short, "seconds")).toFixed(2),
      median(of(long, "seconds")).toFixed(2),
      Math.round(long.megabytes).toLocaleString("en"),
    ];
  });
  return formatTable(HEADINGS, rows);
}

/**
 * Bits a hidden token by the distance to where one copy of the position table meets the next.
 *
 * @param measured Patterns at lengths of several copies.
 * @returns Lines.
 */
export function borderLines(measured: readonly Measured[]): string[] {
  const rows = measured.map(({ pattern, scores }) => [
    pattern,
    ...DISTANCES.map((_, i) => bits(scores.map(({ borders }) => borders[i]))),
  ]);
  return formatTable(["bits at a distance of", ...DISTANCES], rows);
}

/**
 * Bits over length.
 *
 * @param measured Patterns at several lengths.
 * @returns An SVG document.
 */
export function bitsChart(measured: readonly Measured[]): string {
  const names = [...new Set(measured.map(({ pattern }) => pattern))];
  return lineChart({
    title: "Bits a hidden token over length: a model trained on 512 tokens",
    xLabel: "tokens",
    yLabel: "bits",
    yScale: "linear",
    series: names.map((name) => ({
      name,
      points: measured.filter(({ pattern }) => pattern === name).map(({ length, scores }) =>
        [length, estimate(scores.map(({ bits }) => bits)).mean] as const
      ),
    })),
  });
}

function bits(values: readonly number[]): string {
  const { mean, error } = estimate(values);
  // One passage says nothing about its error.
  return mean.toFixed(2) + (values.length > 1 ? `±${error.toFixed(2)}` : "");
}
