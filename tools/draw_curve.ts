/**
 * Draws the curve of the embedded model's training beside its figures:
 * `deno run --allow-read --allow-write tools/draw_curve.ts`.
 *
 * @module
 */
import { lineChart } from "../bench/line_chart.ts";

const FIGURES = new URL("../demo/model/curve.csv", import.meta.url);
const CHART = new URL("../demo/model/curve.svg", import.meta.url);

/**
 * Bits a masked token over tokens seen, on the training text and on held-out books.
 *
 * @param figures What `train_model.py` wrote: CSV with a line of headings.
 * @returns An SVG document.
 * @throws {SyntaxError} If a column is missing.
 */
export function curveChart(figures: string): string {
  const [headings, ...rows] = figures.trim().split(/\r?\n/).map((line) => line.split(","));
  const column = (name: string) => {
    const index = headings.indexOf(name);
    if (index < 0) throw new SyntaxError(`Cannot draw a curve without a column ${name}`);
    return rows.map((row) => Number(row[index]));
  };
  const tokens = column("tokens").map((count) => count / 1e6);
  const series = (name: string, values: readonly number[]) => ({
    name,
    points: tokens.map((x, i) => [x, values[i]] as const),
  });
  return lineChart({
    title: "Bits a masked token over training",
    xLabel: "million tokens seen",
    yLabel: "bits",
    yScale: "linear",
    series: [
      series("training, a mean", column("train_bits")),
      series("held-out books", column("valid_bits")),
    ],
  });
}

if (import.meta.main) {
  await Deno.writeTextFile(CHART, curveChart(await Deno.readTextFile(FIGURES)));
}
