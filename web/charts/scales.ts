/**
 * Scales of the charts: values to pixels.
 *
 * @module
 */
import { linearTicks, logTicks } from "../../picture/line_chart.ts";

/** How an axis maps values. */
export type ScaleName = "linear" | "logarithmic";

/** An axis. */
export interface Axis {
  /** Values that get a label, ascending. */
  readonly ticks: readonly number[];
  /** The pixel of a value. */
  readonly at: (value: number) => number;
}

/** With more values, ticks are at round numbers. */
const MOST_TICKS = 8;

/**
 * Makes an axis that holds all values.
 *
 * @param values The values.
 * @param scale How they are mapped.
 * @param range First and last pixel.
 * @param atValues Whether the ticks are the values themselves, if these are few.
 * @returns The axis.
 */
export function axisOf(
  values: readonly number[],
  scale: ScaleName,
  [from, to]: readonly [number, number],
  atValues = false,
): Axis {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  const ticks = atValues && distinct.length <= MOST_TICKS
    ? distinct
    : scale === "linear"
    ? linearTicks(distinct)
    : logTicks(distinct);
  const map = scale === "linear" ? (value: number) => value : Math.log;
  const [least, most] = [map(ticks[0]), map(ticks[ticks.length - 1])];
  return {
    ticks,
    at: (value) => from + (to - from) * (map(value) - least) / (most - least || 1),
  };
}
