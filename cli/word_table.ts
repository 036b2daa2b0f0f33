/**
 * Filled masks for people to read.
 *
 * @module
 */
import type { FillMaskResult } from "../pipelines/mod.ts";
import { shortened } from "./table.ts";
import { numberedTable } from "./task_command.ts";

/** Characters of the longest bar. */
const BAR = 30;

/**
 * A table of words.
 *
 * @param masks For each mask its words, best first.
 * @returns A line for each word: the mask's number, the word, its probability and a bar.
 */
export function wordTable(masks: readonly (readonly FillMaskResult[])[]): string {
  const rows = masks.map((words) =>
    words.map(({ token_str, score }) => [
      shortened(token_str),
      `${(100 * score).toFixed(2)} %`,
      "█".repeat(Math.round(BAR * score)),
    ])
  );
  return numberedTable("mask", ["word", "probability", ""], rows, [1]);
}
