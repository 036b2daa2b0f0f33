/**
 * Rows of different lengths as one tensor.
 *
 * @module
 */
import { largest } from "../base/largest.ts";
import { warnOnce } from "../base/warn_once.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { GenerationRun, ResultRow } from "./generation_run.ts";

/**
 * Stacks the rows of a result: prompts end in one column, padded on the left; what was generated is
 * padded on the right. After beams there is a column more than the longest row needs for the ids
 * that ended them, if its greatest length leaves one.
 *
 * @param run The call.
 * @param rows The rows.
 * @returns `[rows, W]`.
 */
export function stackRows(run: GenerationRun, rows: readonly ResultRow[]): Tensor<"int64"> {
  const starts = rows.map(({ batch }) => run.rows[batch].prompt.length);
  const left = Math.max(largest(starts), run.inputs.promptWidth ?? 0);
  const isSearch = run.settings.num_beams > 1;
  const generated = rows.map(({ batch, ids }, i) => {
    const room = run.rows[batch].length - starts[i];
    return Math.min(ids.length - starts[i] + (isSearch ? 1 : 0), room);
  });
  const width = left + largest(generated);
  const values = new BigInt64Array(rows.length * width).fill(BigInt(run.padding));
  let isPadded = false;
  rows.forEach(({ batch, ids, end }, i) => {
    const hasEnd = end !== undefined && ids.length < run.rows[batch].length;
    const all = hasEnd ? [...ids, end] : ids;
    const first = left - starts[i];
    values.set(all.map(BigInt), i * width + first);
    isPadded ||= all.length < width;
  });
  const { pad_token_id, eos_token_id } = run.settings;
  if (isPadded && pad_token_id === undefined && eos_token_id.length === 0) {
    warnOnce("generate() pads rows with the id 0: the settings have no pad_token_id");
  }
  return new Tensor("int64", values, [rows.length, width]);
}
