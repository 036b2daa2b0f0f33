/**
 * Scores as the caller's processors see them.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { LogitsFunction, Scores } from "./score_rules/logits_processor.ts";

/**
 * A tensor `[rows, V]` whose rows are tensors, too, as in transformers.js: `logits[0].data` is the
 * first row's part of `logits.data`.
 */
export class LogitRows extends Tensor<"float32"> {
  /** `[V]`: a row. */
  [row: number]: Tensor<"float32">;

  /**
   * Makes a tensor of scores.
   *
   * @param rows The scores of each row; copied.
   * @param width Scores of a row, V.
   */
  constructor(rows: readonly Scores[], width: number) {
    const values = new Float32Array(rows.length * width);
    rows.forEach((scores, i) => values.set(scores, i * width));
    super("float32", values, [rows.length, width]);
    for (let i = 0; i < rows.length; i++) {
      const part = values.subarray(i * width, (i + 1) * width);
      this[i] = new Tensor("float32", part, [width]);
    }
  }
}

/**
 * Runs the caller's processors.
 *
 * @param processors The processors.
 * @param ids The ids of each row.
 * @param rows The scores of each row; changed in place.
 * @throws {TypeError} If a processor returns something that is not scores of these rows.
 */
export function runProcessors(
  processors: readonly LogitsFunction[],
  ids: readonly (readonly number[])[],
  rows: readonly Float64Array[],
): void {
  if (processors.length === 0 || rows.length === 0) return;
  const width = rows[0].length;
  const inputIds = ids.map((row) => row.map(BigInt));
  let logits: Tensor<"float32"> = new LogitRows(rows, width);
  for (const processor of processors) logits = processor(inputIds, logits) ?? logits;
  const { data } = logits;
  if (data?.length !== rows.length * width) {
    throw new TypeError(
      `Cannot use ${showValue(logits)} of a logits_processor: wanted the logits ` +
        `[${rows.length}, ${width}], or nothing for a change in place`,
    );
  }
  rows.forEach((scores, i) => scores.set(data.subarray(i * width, (i + 1) * width)));
}
