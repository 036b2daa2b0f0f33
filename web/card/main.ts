/**
 * Measures the visitor's graphics card.
 *
 * @module
 */
/// <reference lib="dom" />
import "../shell/shell.ts";
import { formatFigure, HEADINGS } from "../../bench/gpu/format_figure.ts";
import { formatTable } from "../../bench/table.ts";
import { element, find } from "../shell/element.ts";
import type { CardReport } from "./measure_worker.ts";
import { type CardChoices, readSizes } from "./sizes.ts";

const button = find<HTMLButtonElement>("#measure");
const copy = find<HTMLButtonElement>("#copy");
const progress = find("#progress");
const problem = find("#problem");
const body = find("#figures tbody");
let worker: Worker | undefined;
let title = "";
const rows: string[][] = [];

function start(): void {
  problem.textContent = "";
  progress.textContent = "Measuring the limits …";
  rows.length = 0;
  title = "";
  show();
  if (!("gpu" in navigator)) {
    return fail(
      "Cannot measure: this browser has no WebGPU, or the page is not served over https",
    );
  }
  try {
    const options = readSizes(location.search, {
      dtype: find<HTMLSelectElement>("#dtype").value as CardChoices["dtype"],
      hasEncoder: find<HTMLInputElement>("#encoder").checked,
    });
    worker = new Worker(new URL("measure_worker.js", document.baseURI), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<CardReport>) => receive(data, options.dtype);
    worker.onerror = (event) => fail(`Cannot measure: ${event.message || "the worker failed"}`);
    worker.postMessage(options);
    button.textContent = "Stop";
  } catch (error) {
    fail((error as Error).message);
  }
}

function receive(report: CardReport, dtype: string): void {
  if ("error" in report) return fail(report.error);
  if ("card" in report) title = `${report.card}, ${dtype}`;
  if ("figure" in report) {
    rows.push(formatFigure(report.figure));
    progress.textContent = `${rows.length} figures. Measuring …`;
  }
  show();
  if ("isDone" in report) stop(`Done: ${rows.length} figures.`);
}

function fail(message: string): void {
  problem.textContent = message;
  stop("");
}

function stop(text: string): void {
  worker?.terminate();
  worker = undefined;
  button.textContent = "Measure";
  progress.textContent = text;
}

/** Shows the figures so far. */
function show(): void {
  find("#figures caption").textContent = title;
  body.replaceChildren(...rows.map(([name, ...cells]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, name),
      ...cells.map((cell) => element("td", {}, cell)),
    )
  ));
  copy.disabled = rows.length === 0;
}

async function copyText(): Promise<void> {
  const date = new Date().toISOString().slice(0, 10);
  const text = [title, `${navigator.userAgent}, ${date}`, "", ...formatTable(HEADINGS, rows), ""];
  try {
    await navigator.clipboard.writeText(text.join("\n"));
    progress.textContent = "Copied.";
  } catch (error) {
    problem.textContent = `Cannot copy: ${(error as Error).message}`;
  }
}

find("#figures thead").replaceChildren(
  element("tr", {}, ...HEADINGS.map((heading) => element("th", { scope: "col" }, heading))),
);
show();
button.addEventListener("click", () => worker ? stop("Stopped.") : start());
copy.addEventListener("click", copyText);
