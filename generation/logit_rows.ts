/**
 * Scores as the caller's processors see them.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import { Tensor } from "../tensor/tensor.ts";
import { refusePromise } from "./refuse_promise.ts";
import type { LogitsFunction, Scores } from "./score_rules/logits_processor.ts";

/**
 * Makes a tensor of scores, with a tensor for each row.
 *
 * @param rows The scores of each row; copied.
 * @param width Scores of a row, V.
 * @returns `[rows, V]`.
 */
export function logitRows(rows: readonly Scores[], width: number): Tensor<"float32"> {
  const values = new Float32Array(rows.length * width);
  rows.forEach((scores, i) => values.set(scores, i * width));
  return new Tensor("float32", values, [rows.length, width]);
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
  let logits: Tensor<"float32"> = logitRows(rows, width);
  for (const processor of processors) {
    const result = processor(inputIds, logits);
    refusePromise(result, "logits_processor");
    logits = result ?? logits;
  }
  const data: unknown = logits.data;
  const isScores = data instanceof Float32Array || data instanceof Float64Array;
  if (!isScores || data.length !== rows.length * width) {
    throw new TypeError(
      `Cannot use ${showValue(logits)} of a logits_processor: wanted the logits ` +
        `[${rows.length}, ${width}], or nothing for a change in place`,
    );
  }
  rows.forEach((scores, i) => scores.set(data.subarray(i * width, (i + 1) * width)));
}
