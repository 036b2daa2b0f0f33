/**
 * The pattern explorer.
 *
 * @module
 */
/// <reference lib="dom" />
import "../shell/shell.ts";
import type { AttentionPattern } from "../../picture/attention_pattern.ts";
import { amount, summarizePattern } from "../../picture/summary.ts";
import { element, find } from "../shell/element.ts";
import { type Choices, formatChoices, parseChoices, valuesOf } from "./choices.ts";
import { loadCosts, showCost } from "./cost.ts";
import { offerDownloads } from "./downloads.ts";
import { hideUnused, onChange, readChoices, showChoices } from "./form.ts";
import { describeRuns, nameOf, seenKeys } from "./keys.ts";
import { Matrix } from "./matrix.ts";
import { forgetMeasurement, offerMeasurement } from "./measure.ts";
import { PATTERNS, warningsOf } from "./patterns.ts";
import { showReading } from "./reading.ts";
import { offerText } from "./text.ts";

const problem = find("#problem");
const reading = find("#reading");

let choices: Choices = { pattern: Object.keys(PATTERNS)[0], texts: {} };
let drawn: AttentionPattern | undefined;
let words: readonly string[] = [];
/** Milliseconds that the last pattern took to record. */
let recording = 0;
let typing: ReturnType<typeof setTimeout> | undefined;

/** A slow pattern is drawn when the visitor stops typing. */
const SLOW = 150;

const matrix = new Matrix((row) => {
  choices = { ...choices, row };
  showQuery();
  remember();
});

/** Draws what is chosen; if the library refuses it, says why and keeps the last picture. */
function draw(): void {
  try {
    const values = valuesOf(choices);
    hideUnused(choices.pattern, values);
    const begin = performance.now();
    const pattern = PATTERNS[choices.pattern].record(values);
    recording = performance.measure("record", { start: begin }).duration;
    const summary = summarizePattern(pattern);
    problem.textContent = warningsOf(choices.pattern, values).join(" ");
    drawn = pattern;
    matrix.show(pattern, choices.row);
    showLegend(pattern, summary.mean_by_kind);
    showCost(pattern, summary);
    const text = `${summary.pattern}, ${amount(pattern.tokens)} tokens: a query ` +
      `sees ${amount(summary.visible_keys.mean)} keys on average, ` +
      `${amount(100 * summary.flop_ratio)} % of full attention.`;
    find("#summary").textContent = text;
    find("#matrix").setAttribute("aria-label", text);
    forgetMeasurement();
    showQuery();
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    problem.textContent = error.message;
  }
}

function showLegend(
  { legend, rows }: AttentionPattern,
  means: Readonly<Record<string, number>>,
): void {
  // Means of tokens have no column, so the tokens that they are made from are drawn lighter.
  const hasLight = (kind: string) =>
    rows.some(({ sources }) => sources.some((each) => each.kind === kind && !each.columns));
  find("#legend").replaceChildren(
    ...Object.entries(legend).map(([kind, { text, reach }]) =>
      element(
        "li",
        {},
        element("span", {
          class: hasLight(kind) ? "swatch light" : "swatch",
          style: `--kind: var(--key-${kind})`,
        }),
        element(
          "span",
          {},
          element("b", {}, kind),
          `: ${text}${reach ? ` (${reach})` : ""}; ${amount(means[kind])} keys on average`,
        ),
      )
    ),
  );
}

/** Shows the keys of the chosen query. */
function showQuery(): void {
  if (!drawn) return;
  const pattern = drawn;
  const { globals } = pattern;
  const { row } = matrix;
  const seen = seenKeys(pattern, row);
  const total = amount(seen.reduce((sum, { count }) => sum + count, 0));
  const word = row >= globals ? words[row - globals]?.trim() : undefined;
  const name = nameOf(pattern, row) + (word ? ` “${word}”` : "");
  find("#query-title").textContent = `Query: ${name} sees ${total} keys`;
  matrix.describe(`${name} sees ${total} keys`);
  const heading = (text: string) => element("th", { scope: "col" }, text);
  find("#keys").replaceChildren(
    element(
      "thead",
      {},
      element("tr", {}, heading("kind"), heading("keys"), heading("tokens")),
    ),
    element(
      "tbody",
      {},
      ...seen.map(({ kind, count, runs }) =>
        element(
          "tr",
          {},
          element("th", { scope: "row" }, kind),
          element("td", {}, amount(count)),
          element("td", {}, describeRuns(pattern, runs)),
        )
      ),
    ),
  );
  reading.hidden = words.length === 0;
  if (words.length === 0) return;
  const shown = words.slice(0, pattern.tokens);
  const own = showReading(reading, shown, seen, globals, row);
  if (own) reading.scrollTop = own.offsetTop - reading.clientHeight / 2;
}

let writing: ReturnType<typeof setTimeout> | undefined;

/** Keeps the choices in the address; browsers limit how often that is done. */
function remember(): void {
  clearTimeout(writing);
  writing = setTimeout(() => history.replaceState(null, "", formatChoices(choices)), 150);
}

function restore(): void {
  try {
    choices = parseChoices(location.search);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    choices = parseChoices("");
    showChoices(choices);
    draw();
    problem.textContent = error.message;
    return;
  }
  showChoices(choices);
  draw();
}

onChange((isOtherPattern) => {
  const { pattern, texts } = readChoices();
  if (isOtherPattern) {
    const { texts: defaults } = parseChoices(`?pattern=${pattern}`);
    choices = { ...choices, pattern, texts: { ...defaults, tokens: texts.tokens } };
    showChoices(choices);
  } else choices = { ...choices, texts };
  clearTimeout(typing);
  if (recording > SLOW) typing = setTimeout(draw, 2 * SLOW);
  else draw();
  remember();
});
addEventListener("popstate", restore);
offerDownloads(() => drawn);
offerMeasurement(() => ({ pattern: choices.pattern, values: valuesOf(choices) }));
offerText((tokens) => {
  words = tokens;
  if (tokens.length > 0) {
    choices = { ...choices, texts: { ...choices.texts, tokens: String(tokens.length) } };
    showChoices(choices);
    draw();
    remember();
  } else showQuery();
});
restore();
loadCosts().then(
  () => drawn && showCost(drawn, summarizePattern(drawn)),
  (error) => find("#estimate-note").textContent = error.message,
);
