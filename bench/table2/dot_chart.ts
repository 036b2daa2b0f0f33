/**
 * Charts of dots with errors, a row for each name, as SVG.
 *
 * @module
 */
import type { Estimate } from "../table1/estimate.ts";

/** Contents of a chart. */
export interface DotChart {
  /** Title above the chart. */
  readonly title: string;
  /** Label below the axis, which goes from 0 to 100. */
  readonly xLabel: string;
  /** Names of the rows. */
  readonly rows: readonly string[];
  /** Up to three series with a point for each row. */
  readonly series: readonly { readonly name: string; readonly points: readonly Estimate[] }[];
}

/** A palette for colour-blind readers (Okabe and Ito, 2008). */
const COLOURS = ["#0072B2", "#D55E00", "#009E73"];

const [WIDTH, LEFT, RIGHT, TOP, ROW] = [760, 260, 730, 76, 24];

/** Distance of the series of a row. */
const APART = 5;

/**
 * Draws a chart.
 *
 * @param chart Contents.
 * @returns An SVG document.
 * @throws {RangeError} If there are no rows, or a series does not have a point from 0 to 100 with an
 * error for each.
 */
export function drawDotChart({ title, xLabel, rows, series }: DotChart): string {
  const isScore = ({ mean, error }: Estimate) =>
    mean >= 0 && mean <= 100 && error >= 0 && error < Infinity;
  const fits = series.every(({ points }) => points.length === rows.length && points.every(isScore));
  if (rows.length === 0 || !fits) {
    throw new RangeError(`Cannot draw ${rows.length} rows: wanted a point from 0 to 100 for each`);
  }
  const bottom = TOP + ROW * rows.length;
  const x = (value: number) => LEFT + (RIGHT - LEFT) * Math.max(0, Math.min(100, value)) / 100;
  const y = (row: number) => TOP + ROW * (row + 0.5);
  const grid = [0, 20, 40, 60, 80, 100].map((tick) =>
    line(x(tick), TOP, x(tick), bottom, "#ddd") + text(x(tick), bottom + 18, `${tick}`, "middle")
  );
  const names = rows.map((name, row) => text(LEFT - 10, y(row) + 4, name, "end"));
  const dots = series.flatMap(({ points }, i) =>
    points.map(({ mean, error }, row) => {
      const at = y(row) + APART * (i - (series.length - 1) / 2); // or equal points would hide others
      return line(x(mean - error), at, x(mean + error), at, COLOURS[i]) +
        `<circle cx="${round(x(mean))}" cy="${round(at)}" r="4" fill="${COLOURS[i]}"/>`;
    })
  );
  const legend = series.map(({ name }, i) =>
    text(LEFT + 160 * i, TOP - 14, `● ${name}`, "start", COLOURS[i])
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 52}" ` +
    'font-family="system-ui, sans-serif" font-size="13">',
    `<title>${escape(title)}</title>`,
    `<rect width="${WIDTH}" height="${bottom + 52}" fill="#fff"/>`,
    `<text x="24" y="28" font-size="16" font-weight="600">${escape(title)}</text>`,
    ...legend,
    ...grid,
    ...names,
    ...dots,
    text((LEFT + RIGHT) / 2, bottom + 40, xLabel, "middle"),
    "</svg>\n",
  ].join("\n");
}

function line(x1: number, y1: number, x2: number, y2: number, stroke: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" ` +
    `stroke="${stroke}" stroke-width="1.5"/>`;
}

function text(x: number, y: number, words: string, anchor: string, fill = "#333"): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${fill}">` +
    `${escape(words)}</text>`;
}

const escape = (words: string) => words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const round = (value: number) => Math.round(value * 10) / 10;
