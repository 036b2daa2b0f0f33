/**
 * Tables of predicted words.
 *
 * @module
 */
import type { FillMaskResult } from "../pipelines/mod.ts";
import { shorten } from "./table.ts";
import { formatNumberedTable } from "./task_command.ts";

/** Width of the longest bar in characters. */
const BAR = 30;

/**
 * Formats predicted words as a table.
 *
 * @param masks Words for each mask, best first.
 * @returns One line per word: the mask's number, the word, its probability and a bar.
 */
export function formatWords(masks: readonly (readonly FillMaskResult[])[]): string {
  const rows = masks.map((words) =>
    words.map(({ token_str, score }) => [
      shorten(token_str),
      `${(100 * score).toFixed(2)} %`,
      "█".repeat(Math.round(BAR * score)),
    ])
  );
  return formatNumberedTable("mask", ["word", "probability", ""], rows, [1]);
}
