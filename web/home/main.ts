/**
 * The front page: full attention beside LSG over length.
 *
 * @module
 */
/// <reference lib="dom" />
import type { AttentionPattern } from "../../picture/attention_pattern.ts";
import { recordLsg } from "../../picture/record_lsg.ts";
import { recordFull } from "../../picture/record_patterns.ts";
import { amount, summarizePattern } from "../../picture/summary.ts";
import { Painter } from "../explorer/paint.ts";
import { find } from "../shell/element.ts";
import { SCHEME_EVENT } from "../shell/shell.ts";

/** Length at the left end of the slider; each step doubles it. */
const SHORTEST = 512;

const slider = find<HTMLInputElement>("#length");

function draw(): void {
  const tokens = SHORTEST * 2 ** Number(slider.value);
  const size = { tokens, heads: 1, head: 0, seed: 0, causal: false };
  // Means are drawn by what they are made from: a picture of any length looks calm.
  const lsg = show("lsg", recordLsg({ sparsity_type: "pooling", sparsity_factor: 2 }, size));
  const full = show("full", recordFull(tokens, false));
  find("#tokens").textContent = amount(tokens);
  slider.setAttribute("aria-valuetext", `${amount(tokens)} tokens`);
  const percent = 100 * lsg / full;
  find("#share").textContent =
    `LSG computes ${percent < 10 ? percent.toFixed(1) : amount(percent)}` +
    " % of full attention.";
}

/** Draws a pattern and returns its query-key pairs. */
function show(name: "full" | "lsg", pattern: AttentionPattern): number {
  const canvas = find<HTMLCanvasElement>(`#${name}`);
  const pixels = Math.round(canvas.clientWidth * devicePixelRatio);
  [canvas.width, canvas.height] = [pixels, pixels];
  new Painter(pattern, pixels).draw(canvas.getContext("2d")!);
  const { queries, visible_keys } = summarizePattern(pattern);
  const pairs = queries * visible_keys.mean;
  find(`#${name}-pairs`).textContent = `${short(pairs)} pairs`;
  return pairs;
}

function short(value: number): string {
  return value.toLocaleString("en", { notation: "compact", maximumSignificantDigits: 3 });
}

slider.addEventListener("input", draw);
document.addEventListener(SCHEME_EVENT, draw);
draw();
