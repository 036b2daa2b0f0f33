/**
 * Draws the training curve of the embedded model from its figures, a copy of train_model.py's:
 * `deno run --allow-read --allow-write tools/draw_curve.ts`.
 *
 * @module
 */
import { drawLineChart } from "../picture/line_chart.ts";

const FIGURES = new URL("../demo/model/curve.csv", import.meta.url);
const CHART = new URL("../demo/model/curve.svg", import.meta.url);

/**
 * Draws bits per masked token over training tokens, for the training text and for held-out books.
 *
 * @param figures CSV with a header line, written by `train_model.py`.
 * @returns An SVG document.
 * @throws {SyntaxError} If a column is missing.
 */
export function drawCurve(figures: string): string {
  const [headings, ...rows] = figures.trim().split(/\r?\n/).map((line) => line.split(","));
  const column = (name: string) => {
    const index = headings.indexOf(name);
    if (index < 0) {
      throw new SyntaxError(`Cannot draw the curve: it has no column ${name}, wanted one`);
    }
    return rows.map((row) => Number(row[index]));
  };
  const tokens = column("tokens").map((count) => count / 1e6);
  const series = (name: string, values: readonly number[]) => ({
    name,
    points: tokens.map((x, i) => [x, values[i]] as const),
  });
  return drawLineChart({
    title: "Bits per masked token over training",
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
  await Deno.writeTextFile(CHART, drawCurve(await Deno.readTextFile(FIGURES)));
}
