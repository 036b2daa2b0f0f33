/**
 * Layer normalisation.
 *
 * @module
 */
import { type Command, float32Word } from "./machine/commands.ts";

/** Values of a row that a thread's own memory of 1 MB holds. */
const WIDEST_ROW = 2 ** 18;

/** Where the operands of a layer norm are. */
export interface LayerNormAddresses {
  /** `[rows, width]`. */
  readonly x: number;
  /** `[width]`. */
  readonly weight: number;
  /** `[width]`. */
  readonly bias: number;
  /** `[rows, width]`, or 0. */
  readonly residual: number;
  /** `[rows, width]`. */
  readonly y: number;
}

/**
 * Each row of `x + residual` to mean 0 and variance 1; see cpu/layer_norm.ts.
 *
 * @param addresses The operands.
 * @param rows How many rows.
 * @param width Their width.
 * @param epsilon Added to the variance.
 * @returns The operation.
 * @throws {RangeError} If a row is too wide.
 */
export function layerNorm(
  addresses: LayerNormAddresses,
  rows: number,
  width: number,
  epsilon: number,
): Command {
  const { x, weight, bias, residual, y } = addresses;
  if (width > WIDEST_ROW) {
    throw new RangeError(`layerNorm: width ${width}, wanted at most ${WIDEST_ROW} on wasm`);
  }
  const words = [x, weight, bias, residual, y, rows, width, float32Word(epsilon)];
  return { operation: "layerNorm", words };
}
