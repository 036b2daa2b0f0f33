/**
 * The figures of a chart as a table.
 *
 * @module
 */
/// <reference lib="dom" />
import { element } from "../shell/element.ts";
import type { Chart } from "./chart.ts";

/**
 * Makes the table, closed at first.
 *
 * @param chart The chart.
 * @param xs Its horizontal values, ascending.
 * @returns An element that opens.
 */
export function figuresTable(
  { xLabel, yLabel, series }: Chart,
  xs: readonly number[],
): HTMLElement {
  const heading = (text: string) => element("th", { scope: "col" }, text);
  const rows = xs.map((x) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, x.toLocaleString("en")),
      ...series.map(({ points }) => {
        const found = points.find(([px]) => px === x);
        return element("td", {}, found ? String(Number(found[1].toPrecision(5))) : "");
      }),
    )
  );
  return element(
    "details",
    {},
    element("summary", {}, "The figures as a table"),
    element(
      "div",
      { class: "scroll figures", tabindex: "0", role: "group", "aria-label": `Table of ${yLabel}` },
      element(
        "table",
        {},
        element("caption", {}, yLabel),
        element(
          "thead",
          {},
          element("tr", {}, heading(xLabel), ...series.map(({ name }) => heading(name))),
        ),
        element("tbody", {}, ...rows),
      ),
    ),
  );
}
