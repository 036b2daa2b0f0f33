/**
 * A line chart that is read by pointer or keys, with its figures as a table beneath.
 *
 * @module
 */
/// <reference lib="dom" />
import { element } from "../shell/element.ts";
import type { ChartSeries } from "../build/chart_data.ts";
import type { Chart } from "./chart.ts";
import { type Axis, axisOf } from "./scales.ts";
import { figuresTable } from "./figures_table.ts";
import { shape } from "./shape.ts";

const HEIGHT = 340;
const EDGES = { left: 52, right: 24, top: 26, bottom: 44 };
/** Lines of more points have no dots. */
const MOST_DOTS = 20;

/**
 * Draws a chart into a figure.
 *
 * @param figure The figure; what it holds is replaced.
 * @param chart The contents.
 */
export function showChart(figure: HTMLElement, chart: Chart): void {
  const { series, label, note } = chart;
  const hidden = new Set<string>();
  const xs = [...new Set(series.flatMap(({ points }) => points.map(([x]) => x)))]
    .sort((a, b) => a - b);
  const plot = shape("svg", { class: "plot", role: "img", "aria-label": label });
  const slider = element("input", {
    type: "range",
    min: "0",
    max: String(xs.length - 1),
    value: String(xs.length - 1),
    "aria-label": `Read the values at (${chart.xLabel})`,
  });
  const at = element("p", { class: "at note", "aria-hidden": "true" });
  const values = series.map(() => element("span", { class: "value" }));
  const buttons = series.map(({ name }, i) => {
    const button = element(
      "button",
      { type: "button", "aria-pressed": "true", class: `series-${i}` },
      element("span", { class: "swatch", "aria-hidden": "true" }),
      `${name} `,
      values[i],
    );
    button.addEventListener("click", () => {
      if (!hidden.delete(name)) hidden.add(name);
      button.setAttribute("aria-pressed", String(!hidden.has(name)));
      draw();
    });
    return button;
  });
  figure.replaceChildren(
    plot,
    slider,
    at,
    element("div", { class: "series", role: "group", "aria-label": "Lines" }, ...buttons),
    ...(note ? [element("p", { class: "note" }, note)] : []),
    figuresTable(chart, xs),
  );

  let x: Axis | undefined;
  const guide = shape("line", { class: "guide", y1: EDGES.top, y2: HEIGHT - EDGES.bottom });

  function draw(): void {
    const width = plot.clientWidth || 640;
    plot.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    const shown = series.filter(({ name }) => !hidden.has(name));
    const ys = (shown.length > 0 ? shown : series).flatMap(({ points }) =>
      points.map(([, y]) => y)
    );
    x = axisOf(xs, chart.xScale, [EDGES.left, width - EDGES.right], true);
    const y = axisOf(ys, chart.yScale, [HEIGHT - EDGES.bottom, EDGES.top]);
    plot.replaceChildren(
      ...gridOf(chart, x, y, width),
      ...series.flatMap((line, i) => hidden.has(line.name) ? [] : lineOf(line, i, x!, y)),
      guide,
    );
    read();
  }

  function read(): void {
    const chosen = xs[Number(slider.value)];
    const where = `${number(chosen)} ${chart.xLabel}`;
    at.textContent = `At ${where}:`;
    const spoken = series.map(({ name, points }, i) => {
      const found = points.find(([px]) => px === chosen);
      values[i].textContent = found ? number(found[1]) : "–";
      return found ? `${name} ${number(found[1])}` : "";
    });
    slider.setAttribute("aria-valuetext", `${where}: ${spoken.filter(Boolean).join(", ")}`);
    if (!x) return;
    guide.setAttribute("x1", String(x.at(chosen)));
    guide.setAttribute("x2", String(x.at(chosen)));
  }

  slider.addEventListener("input", read);
  plot.addEventListener("pointermove", (event) => {
    if (!x) return;
    const { left } = plot.getBoundingClientRect();
    const distance = (value: number) => Math.abs(x!.at(value) - (event.clientX - left));
    const nearest = xs.reduce(
      (best, value, i) => distance(value) < distance(xs[best]) ? i : best,
      0,
    );
    slider.value = String(nearest);
    read();
  });
  new ResizeObserver(draw).observe(plot);
  draw();
}

function gridOf({ xLabel, yLabel }: Chart, x: Axis, y: Axis, width: number): SVGElement[] {
  const bottom = HEIGHT - EDGES.bottom;
  // Labels of a narrow chart would overlap.
  const labelled = x.ticks.filter((_, i) =>
    i === x.ticks.length - 1 || x.at(x.ticks[i + 1]) - x.at(x.ticks[i]) >= 34
  );
  return [
    ...y.ticks.flatMap((tick) => [
      shape("line", {
        class: "grid",
        x1: EDGES.left,
        x2: width - EDGES.right,
        y1: y.at(tick),
        y2: y.at(tick),
      }),
      shape("text", { x: EDGES.left - 8, y: y.at(tick) + 4, class: "end" }, number(tick)),
    ]),
    ...labelled.map((tick) =>
      shape("text", { x: x.at(tick), y: bottom + 18, class: "middle" }, number(tick))
    ),
    shape("text", { x: (EDGES.left + width) / 2, y: HEIGHT - 6, class: "middle" }, xLabel),
    shape("text", { x: 4, y: 12 }, yLabel),
  ];
}

function lineOf({ points }: ChartSeries, index: number, x: Axis, y: Axis): SVGElement[] {
  const path = points.map(([px, py]) => `${x.at(px).toFixed(1)},${y.at(py).toFixed(1)}`).join(" ");
  const kind = `series-${index}`;
  const dots = points.length > MOST_DOTS
    ? []
    : points.map(([px, py]) =>
      shape("circle", { class: `dot ${kind}`, cx: x.at(px), cy: y.at(py), r: 3.5 })
    );
  return [shape("polyline", { class: `line ${kind}`, points: path }), ...dots];
}

/** Writes a value for reading. */
export function number(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString("en", { maximumFractionDigits: value < 0.1 ? 3 : digits });
}
