/**
 * Contents of a line chart.
 *
 * @module
 */
import type { ChartSeries } from "../build/chart_data.ts";
import type { ScaleName } from "./scales.ts";

/** Contents of a chart. */
export interface Chart {
  /** What it shows, for readers who do not see it. */
  readonly label: string;
  /** Name of the horizontal values. */
  readonly xLabel: string;
  /** Name of the vertical values. */
  readonly yLabel: string;
  /** Scale of the horizontal axis. */
  readonly xScale: ScaleName;
  /** Scale of the vertical axis. */
  readonly yScale: ScaleName;
  /** The lines. */
  readonly series: readonly ChartSeries[];
  /** A line of small print. */
  readonly note?: string;
}
