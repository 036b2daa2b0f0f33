/**
 * Feed-forward layers.
 *
 * @module
 */
import type { OperandsOf } from "../ops/run.ts";
import type { GpuKernel, GpuRoles } from "./kernel.ts";
import { multiplyParts } from "./linear.ts";

/** The weights of a layer. */
type Dense = OperandsOf<"feedForward", GpuRoles>["up"];

/** Inner values that are held at a time: 32 MiB in float32, 2,730 rows of RoBERTa-base. */
const INNER_VALUES = 2 ** 23;

/** Rows of a chunk are a multiple of this: whole tiles. */
const ROWS = 128;

/**
 * Number of rows that go through both layers at a time.
 *
 * @param rows All rows.
 * @param inner Width of a row between the layers.
 * @returns Chunks of nearly equal size, in whole tiles.
 */
export function chunkRows(rows: number, inner: number): number {
  const most = Math.max(1, Math.floor(INNER_VALUES / (inner * ROWS))) * ROWS;
  const chunks = Math.max(1, Math.ceil(rows / most));
  return Math.min(rows, Math.ceil(rows / chunks / ROWS) * ROWS);
}

/** `linear(linear(x, up, activation), down)`, in chunks of rows; see cpu/feed_forward.ts. */
export const feedForward: GpuKernel<"feedForward"> = (
  { x, up, down },
  y,
  { rows, inputs, inner, outputs, activation },
  { allocate, isEmulated, floatBytes },
) => {
  const chunk = chunkRows(rows, inner);
  const buffer = allocate(chunk * inner * floatBytes / 4);
  const dense = ({ weight, bias }: Dense, rows: number, width: number) => ({
    weight: weight.partsOf(rows, width),
    bias: bias?.buffer,
  });
  const from = { ...dense(up, inner, inputs), x: x.partsOf(rows, inputs) };
  const to = { ...dense(down, outputs, inner), y: y.parts };
  return Array.from({ length: Math.ceil(rows / chunk) }, (_, i) => {
    const first = i * chunk;
    const between = [{ buffer, first, rows: Math.min(chunk, rows - first) }];
    return [
      ...multiplyParts({ ...from, y: between }, { inputs, outputs: inner, activation }, isEmulated),
      ...multiplyParts({ ...to, x: between }, { inputs: inner, outputs }, isEmulated),
    ];
  }).flat();
};
