/**
 * Tables and chart of cost over text length.
 *
 * @module
 */
import { LENGTH_MODELS } from "./length_models.ts";
import type { Pass } from "./length_pass.ts";
import { drawLineChart } from "../picture/line_chart.ts";
import { formatTable } from "./table.ts";

/** A pass and the machine that it was measured on. */
export interface MeasuredPass extends Pass {
  /** Machine and date. */
  readonly machine: string;
  /** Whether megabytes are those beyond the process after a first pass, as until 2026-11-28. */
  readonly sinceFirstPass?: boolean;
}

/**
 * Merges new figures into older ones.
 *
 * @param older Earlier figures.
 * @param newer Figures that replace earlier ones of the same pattern and length.
 * @returns All figures, ascending by length.
 */
export function merge(
  older: readonly MeasuredPass[],
  newer: readonly MeasuredPass[],
): MeasuredPass[] {
  const isKept = (pass: Pass) =>
    !newer.some(({ pattern, tokens }) => pattern === pass.pattern && tokens === pass.tokens);
  return [...older.filter(isKept), ...newer].sort((a, b) => a.tokens - b.tokens);
}

/**
 * Formats the tables in Markdown.
 *
 * @param passes Measured passes.
 * @param device The device.
 * @returns Lines.
 */
export function formatReport(passes: readonly MeasuredPass[], device: string): string[] {
  const lengths = [...new Set(passes.map(({ tokens }) => tokens))];
  const machines = [...new Set(passes.map(({ machine }) => machine))];
  const memory = (base: string, passes: readonly MeasuredPass[]): string[] =>
    passes.length === 0 ? [] : [
      "",
      `Megabytes in addition to ${base}:`,
      "",
      ...makeTable(passes, lengths, ({ megabytes }) => megabytes.toFixed(0)),
    ];
  const isShort = passes.length < lengths.length * namesOf(passes).length;
  return [
    `${machines.join("; ")}, ${device}. Seconds per pass:`,
    "",
    ...makeTable(passes, lengths, ({ seconds }) => seconds.toFixed(3)),
    ...memory("the loaded model", passes.filter(({ sinceFirstPass }) => !sinceFirstPass)),
    ...memory(
      "the process after a first pass of up to 512 tokens",
      passes.filter(({ sinceFirstPass }) => sinceFirstPass),
    ),
    ...(isShort ? ["", "Empty cells were not measured; see `--limit`."] : []),
  ];
}

/** Lists the measured patterns in their usual order. */
function namesOf(passes: readonly Pass[]): string[] {
  return LENGTH_MODELS.map(({ name }) => name)
    .filter((name) => passes.some(({ pattern }) => pattern === name));
}

/** Makes a table with one row per pattern and one column per length. */
function makeTable(
  passes: readonly MeasuredPass[],
  lengths: readonly number[],
  cell: (pass: Pass) => string,
): string[] {
  const rows = namesOf(passes).map((name) => [
    name,
    ...lengths.map((length) => {
      const pass = passes.find(({ pattern, tokens }) => pattern === name && tokens === length);
      return pass ? cell(pass) : "";
    }),
  ]);
  return formatTable(["attention", ...lengths.map((n) => n.toLocaleString("en"))], rows);
}

/**
 * Draws the seconds over length.
 *
 * @param passes Measured passes.
 * @param device The device.
 * @returns An SVG document.
 */
export function drawChart(passes: readonly MeasuredPass[], device: string): string {
  return drawLineChart({
    title: `Time of a forward pass of the embedded model, ${device}`,
    xLabel: "tokens",
    yLabel: "seconds",
    series: namesOf(passes).map((name) => ({
      name,
      points: passes.filter(({ pattern }) => pattern === name)
        .map(({ tokens, seconds }) => [tokens, seconds] as const),
    })),
  });
}
