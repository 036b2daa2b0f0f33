/**
 * The results of the repository as charts.
 *
 * @module
 */
/// <reference lib="dom" />
import "../shell/shell.ts";
import type { ChartData, Table4Row } from "../build/chart_data.ts";
import { element, find } from "../shell/element.ts";
import { showDotTable } from "./dot_table.ts";
import { showChart } from "./line_chart.ts";

async function load(): Promise<ChartData> {
  const response = await fetch(new URL("../data/charts.json", document.baseURI));
  if (!response.ok) throw new Error(`Cannot fetch the figures: status ${response.status}`);
  return await response.json();
}

function show({ table1, bits, length, curve, table4 }: ChartData): void {
  showDotTable(find<HTMLTableElement>("#table1"), table1.rows);
  find("#table1-note").textContent =
    `${table1.machine}; deno task table1. ± is the standard error ` +
    "over six passages; s and MB are seconds and memory of the process at 4,096 tokens. LSG TYPE " +
    "FACTOR has blocks of 128 and as many sparse entries on each side.";
  showChart(find("#bits"), {
    label: "Bits per masked token over length, by attention",
    xLabel: "tokens",
    yLabel: "bits per masked token",
    xScale: "logarithmic",
    yScale: "linear",
    series: bits,
  });
  showLength(length);
  showChart(find("#curve"), {
    label: "Bits per masked token over training, on training text and on held-out books",
    xLabel: "million tokens seen",
    yLabel: "bits per masked token",
    xScale: "linear",
    yScale: "linear",
    series: curve,
    note: "demo/model/curve.csv",
  });
  showSummaries(table4.rows);
  find("#table4-note").textContent =
    `${table4.machine}; deno task table4. ± is the standard error ` +
    "over documents.";
}

/** Cost over length, on the chosen backend. */
function showLength(length: ChartData["length"]): void {
  const device = find<HTMLSelectElement>("#device");
  const what = find<HTMLSelectElement>("#what");
  const draw = () => {
    const { machine, base, ...costs } = length[device.value];
    const isTime = what.value === "seconds";
    showChart(find("#length"), {
      label: `${isTime ? "Seconds" : "Megabytes"} of a pass over length, by attention`,
      xLabel: "tokens",
      yLabel: isTime ? "seconds" : `megabytes beyond ${base}`,
      xScale: "logarithmic",
      yScale: "logarithmic",
      series: isTime ? costs.seconds : costs.megabytes,
      note: `${machine}; deno task bench:length`,
    });
  };
  device.addEventListener("change", draw);
  what.addEventListener("change", draw);
  draw();
}

function showSummaries(rows: readonly Table4Row[]): void {
  const heading = (text: string) => element("th", { scope: "col" }, text);
  const names = ["encoder", "globals", "tokens", "documents", "ROUGE-1", "ROUGE-2", "ROUGE-L"];
  find("#table4").replaceChildren(
    element("thead", {}, element("tr", {}, ...names.map(heading))),
    element(
      "tbody",
      {},
      ...rows.map(({ pattern, globals, tokens, documents, rouge }) =>
        element(
          "tr",
          {},
          element("th", { scope: "row" }, pattern),
          ...[globals || "", tokens.toLocaleString("en"), documents].map((value) =>
            element("td", {}, String(value))
          ),
          ...rouge.map(({ mean, error }) =>
            element(
              "td",
              {},
              (100 * mean).toFixed(1) + (documents > 1 ? ` ± ${(100 * error).toFixed(1)}` : ""),
            )
          ),
        )
      ),
    ),
  );
}

load().then(show).catch((error) => find("#problem").textContent = error.message);
