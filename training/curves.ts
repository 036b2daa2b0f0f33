/**
 * The curves of a training.
 *
 * @module
 */
import { drawLineChart, type Series } from "../picture/line_chart.ts";
import type { LogEntry } from "./trainer_state.ts";

/** Entries that tell how long something took, or when. */
const NO_METRIC = /^(step|epoch|learning_rate|grad_norm|train_.*|.*_(runtime|per_second))$/;

/** Most points of a line: more are not seen. */
const MOST_POINTS = 400;

/**
 * Draws the loss and the metrics of the evaluations over the steps.
 *
 * @param entries The log.
 * @returns An SVG document; undefined if there is nothing to draw.
 */
export function drawCurves(entries: readonly LogEntry[]): string | undefined {
  const points = new Map<string, [number, number][]>();
  for (const entry of entries) {
    for (const [name, value] of Object.entries(entry)) {
      if (NO_METRIC.test(name)) continue;
      const line = points.get(name) ?? [];
      points.set(name, line);
      line.push([entry.step, value]);
    }
  }
  if (points.size === 0) return undefined;
  return drawLineChart({
    title: "Training",
    xLabel: "steps",
    yLabel: "loss, metrics",
    xScale: "linear",
    yScale: "linear",
    series: [...points].map(([name, line]): Series => ({ name, points: thin(line) })),
  });
}

function thin<Point>(line: readonly Point[]): readonly Point[] {
  const every = Math.ceil(line.length / MOST_POINTS);
  return line.filter((_, i) => i % every === 0 || i === line.length - 1);
}
