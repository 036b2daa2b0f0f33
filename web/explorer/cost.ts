/**
 * The cost of a pattern beside full attention: counted and estimated.
 *
 * @module
 */
/// <reference lib="dom" />
import type { AttentionPattern } from "../../picture/attention_pattern.ts";
import { amount, type PatternSummary } from "../../picture/summary.ts";
import { element, find } from "../shell/element.ts";
import type { CostData, CostFit } from "../build/cost_fit.ts";

/** Heads of the embedded model, whose passes were measured. */
const HEADS = 4;

let data: CostData | undefined;

/** Fetches the fit that estimates use. */
export async function loadCosts(): Promise<void> {
  const response = await fetch(new URL("../data/cost.json", document.baseURI));
  if (!response.ok) throw new Error(`Cannot fetch the costs: status ${response.status}`);
  data = await response.json();
}

/**
 * Shows the counts and the estimates.
 *
 * @param pattern The pattern.
 * @param summary Its counts.
 */
export function showCost(pattern: AttentionPattern, summary: PatternSummary): void {
  const { visible_keys: { min, mean, max }, queries, flop_ratio } = summary;
  const share = 100 * flop_ratio;
  const bar = element("span", { style: `width: ${Math.min(share, 100)}%` });
  find("#figures").replaceChildren(
    element("dt", {}, "Keys that a query sees"),
    element(
      "dd",
      {},
      `${amount(mean)} `,
      element("small", {}, `of ${amount(queries)}, from ${amount(min)} to ${amount(max)}`),
    ),
    element("dt", {}, `Work of full${pattern.causal ? " causal" : ""} attention`),
    element(
      "dd",
      {},
      `${share < 1 ? share.toPrecision(2) : amount(share)} %`,
      element("div", { class: "meter", "aria-hidden": "true" }, bar),
    ),
  );
  if (data) showEstimate(pattern, summary, data);
}

function showEstimate(
  pattern: AttentionPattern,
  { queries, visible_keys: { mean } }: PatternSummary,
  { machine, passes, seconds, megabytes }: CostData,
): void {
  const { tokens } = pattern;
  const pairs = queries * mean;
  const full = pattern.causal ? tokens * (tokens + 1) / 2 : tokens ** 2;
  const scores = (pairs: number) => size(pairs * HEADS * 4 / 2 ** 20);
  const rows = [
    ["time", time(estimate(seconds, tokens, pairs)), time(estimate(seconds, tokens, full))],
    ["memory", size(estimate(megabytes, tokens, pairs)), size(estimate(megabytes, tokens, full))],
    ["scores, if kept", scores(pairs), scores(full)],
  ];
  const head = ["cost", "this", "full"].map((name) => element("th", { scope: "col" }, name));
  find("#estimate").replaceChildren(
    element("caption", {}, "Estimate for the embedded model, 4 layers of 256"),
    element("thead", {}, element("tr", {}, ...head)),
    element(
      "tbody",
      {},
      ...rows.map(([name, ...cells]) =>
        element(
          "tr",
          {},
          element("th", { scope: "row" }, name),
          ...cells.map((cell) => element("td", {}, cell)),
        )
      ),
    ),
  );
  find("#estimate-note").textContent = `A line through ${passes} measured passes (${machine}, ` +
    `WebAssembly), most within ${percent(seconds)} in time and ${percent(megabytes)} in memory. ` +
    "Scores are what a program would hold that keeps a layer's matrix; this library does not.";
}

function estimate({ pass, token, pair }: CostFit, tokens: number, pairs: number): number {
  return pass + token * tokens + pair * pairs;
}

function percent({ deviation }: CostFit): string {
  return `${Math.ceil(100 * deviation)} %`;
}

/** Writes seconds for reading. */
export function time(seconds: number): string {
  if (seconds < 1) return `${Number((1000 * seconds).toPrecision(2))} ms`;
  return `${seconds < 100 ? seconds.toPrecision(2) : amount(seconds)} s`;
}

/** Writes an amount of memory for reading. */
export function size(megabytes: number): string {
  return megabytes < 1000
    ? `${Number(megabytes.toPrecision(2))} MB`
    : `${amount(megabytes / 1024)} GB`;
}
