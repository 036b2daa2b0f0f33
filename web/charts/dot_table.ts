/**
 * Table 1: rows of figures with a dot plot, sorted by any column.
 *
 * @module
 */
/// <reference lib="dom" />
import { element } from "../shell/element.ts";
import type { Table1Row } from "../build/chart_data.ts";
import { axisOf } from "./scales.ts";

/** A column: its heading, what it sorts by, what its cell shows. */
interface Column {
  readonly heading: string;
  readonly value: (row: Table1Row) => number;
  readonly text: (row: Table1Row) => string;
}

const COLUMNS: readonly Column[] = [
  { heading: "bits at 512", value: ({ bits }) => bits[0].mean, text: ({ bits }) => plus(bits[0]) },
  { heading: "at 4,096", value: ({ bits }) => bits[1].mean, text: ({ bits }) => plus(bits[1]) },
  { heading: "change", value: ({ change }) => change.mean, text: ({ change }) => plus(change) },
  {
    heading: "correct at 4,096",
    value: ({ correct }) => correct[1],
    text: ({ correct }) => `${(100 * correct[1]).toFixed(0)} %`,
  },
  { heading: "s", value: ({ seconds }) => seconds, text: ({ seconds }) => seconds.toFixed(2) },
  { heading: "MB", value: ({ megabytes }) => megabytes, text: (row) => row.megabytes.toFixed(0) },
];

function plus({ mean, error }: { readonly mean: number; readonly error: number }): string {
  return `${mean.toFixed(2)} ± ${error.toFixed(2)}`;
}

/**
 * Shows the table.
 *
 * @param table The table; what it holds is replaced.
 * @param rows Its rows, in the order of the paper.
 */
export function showDotTable(table: HTMLTableElement, rows: readonly Table1Row[]): void {
  const values = rows.flatMap(({ bits }) => bits.map(({ mean }) => mean));
  const axis = axisOf(values, "linear", [0, 100]);
  const heads = COLUMNS.map(({ heading }) => {
    const button = element("button", { type: "button" }, heading);
    return element("th", { scope: "col" }, button);
  });
  const body = element("tbody");
  const first = axis.ticks[0];
  const last = axis.ticks[axis.ticks.length - 1];
  table.replaceChildren(
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        element("th", { scope: "col" }, "attention"),
        element(
          "th",
          { scope: "col", class: "track-head" },
          element("span", {}, `${first}`),
          element("span", {}, "bits per hidden word"),
          element("span", {}, `${last}`),
        ),
        ...heads,
      ),
    ),
    body,
  );
  const made = new Map(rows.map((row) => [row, makeRow(row, axis.at)]));
  let sorted = -1;
  let isDown = false;
  heads.forEach((head, i) => {
    head.firstElementChild!.addEventListener("click", () => {
      isDown = sorted === i && !isDown;
      sorted = i;
      heads.forEach((each) => each.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
      show(
        rows.toSorted((a, b) => (COLUMNS[i].value(a) - COLUMNS[i].value(b)) * (isDown ? -1 : 1)),
      );
    });
  });
  show(rows);

  function show(order: readonly Table1Row[]): void {
    body.replaceChildren(...order.map((row) => made.get(row)!));
  }
}

function makeRow(row: Table1Row, at: (value: number) => number): HTMLElement {
  const [short, long] = row.bits.map(({ mean }) => at(mean));
  const dot = (name: string, x: number) =>
    element("span", { class: name, style: `left: ${x.toFixed(2)}%` });
  const track = element(
    "div",
    { class: "track", "aria-hidden": "true" },
    element("span", {
      class: "way",
      style: `left: ${Math.min(short, long).toFixed(2)}%; width: ${
        Math.abs(long - short).toFixed(2)
      }%`,
    }),
    dot("short", short),
    dot("long", long),
  );
  return element(
    "tr",
    { class: row.pattern.startsWith("LSG") ? "lsg" : undefined },
    element("th", { scope: "row" }, row.pattern),
    element("td", {}, track),
    ...COLUMNS.map(({ text }) => element("td", {}, text(row))),
  );
}
