/**
 * Two linear layers, one after the other.
 *
 * @module
 */
import type { ActivationName } from "../ops/backend.ts";
import type { FeedForwardShape } from "../cpu/feed_forward.ts";
import type { Command } from "./machine/commands.ts";
import { linear } from "./linear.ts";
import type { Part } from "./machine/storage.ts";

/** Weights of a linear layer in buffers. */
export interface GpuDense {
  /** `[outputs, inputs]`. */
  readonly weight: readonly Part[];
  /** `[outputs]`, or undefined. */
  readonly bias: GPUBuffer | undefined;
}

/** Inner values that are held at a time: 32 MiB in float32, 2,730 rows of RoBERTa-base. */
const INNER_VALUES = 2 ** 23;

/** Rows of a chunk are a multiple of this: whole tiles. */
const ROWS = 128;

/**
 * How many rows go through both layers at a time.
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

/**
 * `linear(linear(x, up, activation), down)`, some rows after the others; see cpu/feed_forward.ts.
 *
 * @param x `[rows, inputs]`.
 * @param up The first layer.
 * @param activation What is applied between them.
 * @param down The second layer.
 * @param y `[rows, outputs]`.
 * @param inner Room for the inner values of some rows, {@linkcode chunkRows} for instance.
 * @param shape Sizes.
 * @param isEmulated As in {@linkcode linear}.
 * @returns The operations.
 * @throws {RangeError} If there is no such activation.
 */
export function feedForward(
  x: readonly Part[],
  up: GpuDense,
  activation: ActivationName,
  down: GpuDense,
  y: readonly Part[],
  inner: Pick<Part, "buffer" | "rows">,
  shape: FeedForwardShape,
  isEmulated: boolean,
): Command[] {
  const { rows, inputs, outputs } = shape;
  const commands: Command[] = [];
  for (let first = 0; first < rows; first += inner.rows) {
    const between = [{ ...inner, first, rows: Math.min(inner.rows, rows - first) }];
    commands.push(
      ...linear(
        { ...up, x, y: between },
        { inputs, outputs: shape.inner },
        isEmulated,
        activation,
      ),
      ...linear({ ...down, x: between, y }, { inputs: shape.inner, outputs }, isEmulated),
    );
  }
  return commands;
}
