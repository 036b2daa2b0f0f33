/**
 * The table of what each run took.
 *
 * @module
 */
/// <reference lib="dom" />
import { element, find } from "../shell/element.ts";
import type { Figures } from "./protocol.ts";

/**
 * Adds a run to the table.
 *
 * @param run Name of the run.
 * @param figures What it took.
 * @param outcome What it gave, in a few words.
 */
export function addRun(run: string, figures: Figures, outcome: string): void {
  const { attention, device, threads, tokens, seconds, bytes } = figures;
  const threaded = threads === undefined ? "" : `, ${threads} thread${threads === 1 ? "" : "s"}`;
  const cells = [
    attention,
    `${device === "wasm" ? "WebAssembly" : "WebGPU"}${threaded}`,
    tokens.toLocaleString("en"),
    seconds.toFixed(seconds < 1 ? 3 : 2),
    Math.round(tokens / seconds).toLocaleString("en"),
    `${Math.round(bytes / 1e6).toLocaleString("en")} MB`,
    outcome,
  ];
  find("#runs").append(element(
    "tr",
    {},
    element("th", { scope: "row" }, run),
    ...cells.map((cell) => element("td", {}, cell)),
  ));
  find("#costs").hidden = false;
}
