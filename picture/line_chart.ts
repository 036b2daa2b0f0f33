/**
 * Line charts as SVG.
 *
 * @module
 */

/** One line. */
export interface Series {
  /** Label at the end of the line. */
  readonly name: string;
  /** Points `[x, y]`, ascending in x; above 0 on a logarithmic axis; dots if there are few. */
  readonly points: readonly (readonly [number, number])[];
  /** Whether the line is dashed, for derived values. */
  readonly dashed?: boolean;
}

/** Contents of a chart. */
export interface LineChart {
  /** Title above the chart. */
  readonly title: string;
  /** Label below the horizontal axis. */
  readonly xLabel: string;
  /** Label above the vertical axis. */
  readonly yLabel: string;
  /** Scale of the horizontal axis; logarithmic if absent. */
  readonly xScale?: "logarithmic" | "linear";
  /** Scale of the vertical axis; logarithmic if absent. */
  readonly yScale?: "logarithmic" | "linear";
  /** The lines; a dashed line has the colour of the previous one. */
  readonly series: readonly Series[];
}

/** A palette for colour-blind readers (Okabe and Ito, 2008). */
const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];

const WIDTH = 760;
const HEIGHT = 440;
const LEFT = 72;
const RIGHT = 560;
const TOP = 72;
const BOTTOM = 384;
const LABEL_HEIGHT = 17;
/** Up to this many x values get their own ticks; otherwise ticks are at round numbers. */
const MOST_X_TICKS = 8;
/** Lines of more points have no dots. */
const MOST_DOTS = 60;
/** Largest magnitude: differences and ticks of such numbers are finite. */
const LARGEST = 1e300;

/**
 * Draws a chart.
 *
 * @param chart Contents of the chart.
 * @returns An SVG document.
 * @throws {RangeError} If there are no lines, a line has no points, or a value cannot be shown on
 * its axis.
 */
export function drawLineChart(
  { title, xLabel, yLabel, xScale = "logarithmic", yScale = "logarithmic", series }: LineChart,
): string {
  const points = series.flatMap((each) => each.points);
  if (series.length === 0 || series.some(({ points }) => points.length === 0)) {
    throw new RangeError("Cannot draw a chart or a line without points");
  }
  const ys = points.map(([, y]) => y);
  const logarithmic = [
    ...(xScale === "linear" ? [] : points.map(([x]) => x)),
    ...(yScale === "linear" ? [] : ys),
  ];
  const wrong = logarithmic.find((value) => !(value > 0)) ??
    points.flat().find((value) => !(Math.abs(value) <= LARGEST));
  if (wrong !== undefined) {
    throw new RangeError(
      `Cannot draw ${wrong}: wanted a number up to ±${LARGEST}, above 0 on a logarithmic axis`,
    );
  }
  const xs = [...new Set(points.map(([x]) => x))].sort((a, b) => a - b);
  const xTicks = xs.length > MOST_X_TICKS ? TICKS[xScale](xs) : xs;
  const yTicks = TICKS[yScale](ys);
  const x = SCALES[xScale](xTicks, LEFT, RIGHT);
  const y = SCALES[yScale](yTicks, BOTTOM, TOP);

  const grid = [
    ...yTicks.map((tick) =>
      line(LEFT, y(tick), RIGHT, y(tick), "#ddd") +
      text(LEFT - 8, y(tick) + 4, String(tick), "end")
    ),
    ...xTicks.map((tick) =>
      line(x(tick), BOTTOM, x(tick), BOTTOM + 5, "#888") +
      text(x(tick), BOTTOM + 20, tick.toLocaleString("en"), "middle")
    ),
    line(LEFT, BOTTOM, RIGHT, BOTTOM, "#888"),
  ];
  const labelRows = spread(series.map(({ points }) => y(points.at(-1)![1])));
  let colour = -1;
  const lines = series.map(({ name, points, dashed }, i) => {
    if (!dashed || colour < 0) colour++;
    const stroke = COLOURS[colour % COLOURS.length];
    const path = points.map(([px, py]) => `${round(x(px))},${round(y(py))}`).join(" ");
    const dots = dashed || points.length > MOST_DOTS
      ? ""
      : points.map(([px, py]) =>
        `<circle cx="${round(x(px))}" cy="${round(y(py))}" r="3.5" fill="${stroke}"/>`
      ).join("");
    const dashes = dashed ? ' stroke-dasharray="5 4"' : "";
    return `<polyline points="${path}" fill="none" stroke="${stroke}" stroke-width="2"${dashes}/>` +
      dots + text(RIGHT + 12, labelRows[i] + 4, name, "start", stroke);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ` +
    'font-family="system-ui, sans-serif" font-size="13">',
    `<title>${escape(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="28" font-size="16" font-weight="600">${escape(title)}</text>`,
    text(LEFT, TOP - 18, yLabel, "start"),
    text((LEFT + RIGHT) / 2, BOTTOM + 42, xLabel, "middle"),
    ...grid,
    ...lines,
    "</svg>\n",
  ].join("\n");
}

/**
 * Chooses ticks at 1, 2 and 5 times powers of ten, from the last one below all values to the first
 * above.
 *
 * @param values Numbers above 0.
 * @returns At least two ticks, ascending.
 */
export function logTicks(values: readonly number[]): number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  // One power less: the logarithm of a number just below a power of ten is rounded up.
  const first = Math.floor(Math.log10(least)) - 1;
  const last = Math.ceil(Math.log10(most)) + 1;
  const ticks: number[] = [];
  for (let power = first; power <= last; power++) {
    for (const digit of [1, 2, 5]) ticks.push(Number(`${digit}e${power}`));
  }
  const start = ticks.findLastIndex((tick) => tick <= least);
  const end = ticks.findIndex((tick, i) => tick >= most && i > start);
  return ticks.slice(start, end + 1);
}

/**
 * Chooses ticks at multiples of 1, 2 or 5 times a power of ten, from the last one below all values
 * to the first above.
 *
 * @param values Numbers.
 * @returns Two to twelve ticks, ascending.
 */
export function linearTicks(values: readonly number[]): number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  // A smaller difference is one of rounding, which ticks of twelve digits do not show.
  const range = most - least > 1e-9 * Math.abs(most) ? most - least : Math.abs(most) || 1;
  const power = 10 ** Math.floor(Math.log10(range / 4));
  // No digit fits where the logarithm is rounded up, just below a power of ten.
  const step = ([1, 2, 5].findLast((digit) => digit * power <= range / 4) ?? 1) * power;
  const first = Math.floor(least / step);
  const last = Math.max(first + 1, Math.ceil(most / step));
  return Array.from(
    { length: last - first + 1 },
    (_, i) => Number(((first + i) * step).toPrecision(12)),
  );
}

type Scale = (ticks: readonly number[], from: number, to: number) => (value: number) => number;

const linearScale: Scale = (ticks, from, to) => {
  const [least, most] = [ticks[0], ticks.at(-1)!];
  return (value) => from + (to - from) * (value - least) / (most - least || 1);
};

const logScale: Scale = (ticks, from, to) => {
  const scale = linearScale(ticks.map(Math.log), from, to);
  return (value) => scale(Math.log(value));
};

const TICKS = { linear: linearTicks, logarithmic: logTicks } as const;
const SCALES = { linear: linearScale, logarithmic: logScale } as const;

/** Moves labels until none overlap or lie below the axis, keeping their order. */
function spread(rows: readonly number[]): number[] {
  const result = [...rows];
  const downwards = [...rows.keys()].sort((a, b) => rows[a] - rows[b]);
  let free = -Infinity;
  for (const i of downwards) {
    result[i] = Math.max(rows[i], free);
    free = result[i] + LABEL_HEIGHT;
  }
  let lowest = BOTTOM;
  for (const i of downwards.reverse()) {
    result[i] = Math.min(result[i], lowest);
    lowest = result[i] - LABEL_HEIGHT;
  }
  return result;
}

function line(x1: number, y1: number, x2: number, y2: number, stroke: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" ` +
    `stroke="${stroke}"/>`;
}

function text(x: number, y: number, words: string, anchor: string, fill = "#333"): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${fill}">` +
    `${escape(words)}</text>`;
}

function escape(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
