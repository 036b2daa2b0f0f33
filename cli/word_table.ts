/**
 * Filled masks for people to read.
 *
 * @module
 */
import type { FillMaskResult } from "../pipelines/mod.ts";
import { printable, table } from "./table.ts";

/** Characters of the longest bar and word: with these a line has 100 columns at most, CJK too. */
const [BAR, WORD] = [30, 24];

/**
 * A table of words.
 *
 * @param masks For each mask its words, best first.
 * @returns A line for each word: the mask's number, the word, its probability and a bar.
 */
export function wordTable(masks: readonly (readonly FillMaskResult[])[]): string {
  const rows = masks.flatMap((words, mask) =>
    words.map(({ token_str, score }, i) => [
      i === 0 ? String(mask + 1) : "",
      word(token_str),
      `${(100 * score).toFixed(2)} %`,
      "█".repeat(Math.round(BAR * score)),
    ])
  );
  return table([["mask", "word", "probability", ""], ...rows], [0, 2]);
}

function word(token: string): string {
  // Of a token that is nothing but spaces, they are what counts.
  const characters = [...printable(token.trim() || JSON.stringify(token))];
  return characters.length <= WORD
    ? characters.join("")
    : characters.slice(0, WORD - 1).join("") + "…";
}
