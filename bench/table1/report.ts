/**
 * Table and chart of Table 1 in miniature.
 *
 * @module
 */
import { drawLineChart } from "../../picture/line_chart.ts";
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
  "correct",
  "4,096",
  "s",
  "4,096",
  "MB",
];

/**
 * Formats the table. Each pattern has bits per masked token at 512 and at 4,096 tokens and their
 * change, with standard errors over passages, the accuracy, seconds per window, and the peak memory
 * of the process at 4,096 tokens.
 *
 * @param measured Every pattern at both lengths.
 * @returns Lines.
 */
export function formatScores(measured: readonly Measured[]): string[] {
  const names = [...new Set(measured.map(({ pattern }) => pattern))];
  const rows = names.map((name) => {
    const [short, long] = [512, 4096].map((wanted) =>
      measured.find(({ pattern, length }) => pattern === name && length === wanted)!
    );
    const of = (from: Measured, what: "bits" | "accuracy" | "seconds") =>
      from.scores.map((score) => score[what]);
    const correct = (from: Measured) =>
      `${(100 * estimate(of(from, "accuracy")).mean).toFixed(0)} %`;
    return [
      name,
      formatBits(of(short, "bits")),
      formatBits(of(long, "bits")),
      formatBits(of(long, "bits").map((value, i) => value - short.scores[i].bits)),
      correct(short),
      correct(long),
      median(of(short, "seconds")).toFixed(2),
      median(of(long, "seconds")).toFixed(2),
      Math.round(long.megabytes).toLocaleString("en"),
    ];
  });
  return formatTable(HEADINGS, rows);
}

/**
 * Formats bits per masked token by distance to the border between two copies of the position table.
 *
 * @param measured Patterns at lengths of several copies.
 * @returns Lines.
 */
export function formatBorders(measured: readonly Measured[]): string[] {
  const rows = measured.map(({ pattern, scores }) => [
    pattern,
    ...DISTANCES.map((_, i) => formatBits(scores.map(({ borders }) => borders[i]))),
  ]);
  return formatTable(["bits at a distance of", ...DISTANCES], rows);
}

/**
 * Draws bits over length.
 *
 * @param measured Patterns at several lengths.
 * @returns An SVG document.
 */
export function drawBits(measured: readonly Measured[]): string {
  const names = [...new Set(measured.map(({ pattern }) => pattern))];
  return drawLineChart({
    title: "Bits per masked token over length: a model trained on 512 tokens",
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

function formatBits(values: readonly number[]): string {
  const { mean, error } = estimate(values);
  // A single passage has no standard error.
  return mean.toFixed(2) + (values.length > 1 ? `±${error.toFixed(2)}` : "");
}
