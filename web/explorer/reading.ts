/**
 * The visitor's text with the keys of a query marked.
 *
 * @module
 */
/// <reference lib="dom" />
import { element } from "../shell/element.ts";
import type { SeenKeys } from "./keys.ts";

/** A part of the text whose tokens have the same mark. */
interface Part {
  readonly start: number;
  readonly end: number;
  readonly mark: string | undefined;
}

/**
 * Shows the text with marks.
 *
 * @param target Element that shows it.
 * @param words Text of each token; joined, they are the text.
 * @param seen The keys of the query.
 * @param globals Columns before the first token.
 * @param query Row of the query.
 * @returns The element of the query's word; undefined if the query is not in the text.
 */
export function showReading(
  target: HTMLElement,
  words: readonly string[],
  seen: readonly SeenKeys[],
  globals: number,
  query: number,
): HTMLElement | undefined {
  let own: HTMLElement | undefined;
  const parts = partsOf(words.length, seen, globals, query).map(({ start, end, mark }) => {
    const text = words.slice(start, end).join("");
    if (mark === undefined) return text;
    if (mark === "query") return own = element("span", { class: "query" }, text);
    return element("mark", { style: `--kind: var(--key-${mark})` }, text);
  });
  target.replaceChildren(...parts);
  return own;
}

function partsOf(
  count: number,
  seen: readonly SeenKeys[],
  globals: number,
  query: number,
): Part[] {
  const marks = new Array<string | undefined>(count);
  for (const { kind, runs } of seen) {
    for (const [start, end] of runs) {
      marks.fill(kind, Math.max(start - globals, 0), Math.max(end - globals, 0));
    }
  }
  if (query >= globals && query - globals < count) marks[query - globals] = "query";
  const parts: Part[] = [];
  let start = 0;
  for (let token = 1; token <= count; token++) {
    if (token < count && marks[token] === marks[start]) continue;
    parts.push({ start, end: token, mark: marks[start] });
    start = token;
  }
  return parts;
}
