/**
 * Tables and chart of passes of many lengths.
 *
 * @module
 */
import { LENGTH_MODELS } from "./length_models.ts";
import type { Pass } from "./length_pass.ts";
import { lineChart } from "./line_chart.ts";
import { formatTable } from "./table.ts";

/** A pass, and what it was measured on. */
export interface MeasuredPass extends Pass {
  /** The machine and the day. */
  readonly machine: string;
}

/**
 * Puts new figures to older ones.
 *
 * @param older What was measured before.
 * @param newer What replaces it where attention and length are the same.
 * @returns All of them, ascending by length.
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
 * What was measured, as Markdown.
 *
 * @param passes Every attention and length that was measured.
 * @param device The device.
 * @returns Lines.
 */
export function report(passes: readonly MeasuredPass[], device: string): string[] {
  const lengths = [...new Set(passes.map(({ tokens }) => tokens))];
  const machines = [...new Set(passes.map(({ machine }) => machine))];
  const isShort = passes.length < lengths.length * namesOf(passes).length;
  return [
    `${machines.join("; ")}, ${device}. Seconds a pass:`,
    "",
    ...tableOf(passes, lengths, ({ seconds }) => seconds.toFixed(3)),
    "",
    "Megabytes that it takes beside the loaded model:",
    "",
    ...tableOf(passes, lengths, ({ megabytes }) => megabytes.toFixed(0)),
    ...(isShort ? ["", "No figure: not measured, see `--limit`."] : []),
  ];
}

/** The attentions that were measured, in the order of all. */
function namesOf(passes: readonly Pass[]): string[] {
  return LENGTH_MODELS.map(({ name }) => name)
    .filter((name) => passes.some(({ pattern }) => pattern === name));
}

/** A row an attention, a column a length. */
function tableOf(
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
 * A chart of the seconds.
 *
 * @param passes Every attention and length that was measured.
 * @param device The device.
 * @returns SVG.
 */
export function chart(passes: readonly MeasuredPass[], device: string): string {
  return lineChart({
    title: `A pass of the embedded model over length, ${device}`,
    xLabel: "tokens",
    yLabel: "seconds",
    series: namesOf(passes).map((name) => ({
      name,
      points: passes.filter(({ pattern }) => pattern === name)
        .map(({ tokens, seconds }) => [tokens, seconds] as const),
    })),
  });
}
