/**
 * The text with its hidden words filled.
 *
 * @module
 */
/// <reference lib="dom" />
import { element } from "../shell/element.ts";
import type { FilledWord, FillResult } from "./protocol.ts";

/** How many of the hidden words the model's first guess is. */
export function countRight({ words }: FillResult): number {
  return words.filter(isRight).length;
}

function isRight({ word, guesses }: FilledWord): boolean {
  return word !== undefined && guesses[0].word === word;
}

/**
 * Makes the elements that show a result.
 *
 * @param text The text.
 * @param result What the model made of its hidden words.
 * @returns The text, then a table of the words.
 */
export function filledText(text: string, result: FillResult): HTMLElement[] {
  const { words, end } = result;
  const parts: (Node | string)[] = [];
  let at = 0;
  for (const filled of words) {
    parts.push(text.slice(at, filled.start), markOf(filled));
    at = filled.end;
  }
  parts.push(text.slice(at, end));
  if (end < text.trimEnd().length) {
    parts.push(element("span", { class: "unread" }, ` ${text.slice(end, end + 300).trim()} …`));
  }
  const label = "The text with its hidden words";
  const read = element(
    "div",
    { class: "reading", tabindex: "0", role: "region", "aria-label": label },
    ...parts,
  );
  return [legendOf(words), read, tableOf(text, words)];
}

function legendOf(words: readonly FilledWord[]): HTMLElement {
  if (words[0].word === undefined) return element("p", {}, "The model's words are marked.");
  const right = words.filter(isRight).length;
  const second =
    words.filter(({ word, guesses }) => guesses.slice(1).some((guess) => guess.word === word))
      .length;
  return element(
    "p",
    {},
    "The model's first guess is ",
    element("mark", { class: "right" }, "right"),
    ` ${right} times of ${words.length}; else it stands behind `,
    element("mark", { class: "wrong" }, element("s", {}, "the hidden word"), " its guess"),
    second > 0 ? ` (its second or third guess is right ${second} times more).` : ".",
  );
}

function markOf(filled: FilledWord): HTMLElement {
  const { word, guesses } = filled;
  const [best] = guesses;
  const title = guesses.map(({ word, probability }) => `${word} ${percent(probability)}`).join(
    ", ",
  );
  if (word === undefined) return element("mark", { class: "given", title }, best.word);
  if (isRight(filled)) return element("mark", { class: "right", title }, word);
  return element("mark", { class: "wrong", title }, element("s", {}, word), ` ${best.word}`);
}

function tableOf(text: string, words: readonly FilledWord[]): HTMLElement {
  const rows = words.map((filled) => {
    const { start, end, word, guesses } = filled;
    const before = text.slice(Math.max(0, start - 28), start).replace(/^\S*\s/, "");
    const after = text.slice(end, end + 18).replace(/\s\S*$/, "");
    const said = guesses.map(({ word, probability }) =>
      element("td", {}, `${word} `, element("span", { class: "faint" }, percent(probability)))
    );
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, `… ${before.trim()} ___ ${after.trim()} …`),
      element("td", {}, word === undefined ? "" : `${word}${isRight(filled) ? " ✓" : ""}`),
      ...said,
    );
  });
  const heads = ["Where", "Hidden", "First guess", "Second", "Third"];
  const table = element(
    "table",
    { class: "guesses" },
    element(
      "thead",
      {},
      element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head))),
    ),
    element("tbody", {}, ...rows),
  );
  const label = "All guesses";
  return element(
    "details",
    {},
    element("summary", {}, `${label}, with their probabilities`),
    element(
      "div",
      { class: "scroll tall", tabindex: "0", role: "region", "aria-label": label },
      table,
    ),
  );
}

/** A probability in percent. */
function percent(probability: number): string {
  return `${(100 * probability).toFixed(probability < 0.1 ? 1 : 0)} %`;
}
