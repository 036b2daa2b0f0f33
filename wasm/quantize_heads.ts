/**
 * Keys and values in 8 bits.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";
import { type Command, command } from "./machine/layout.ts";

/** Widest head: that of attend, which reads what is made here. */
const WIDEST_HEAD = 256;

const FIELDS = {
  from: "usize",
  /** Address of the mean, or 0. */
  mean: "usize",
  to: "usize",
  batch: "i32",
  rows: "i32",
  heads: "i32",
  width: "i32",
  /** Whether integers become floats again. */
  widens: "i32",
} as const;

/** Rounds to 8 bits; see cpu/quantize_heads.ts. */
export const quantizeHeads: WasmKernel<"quantizeHeads", typeof FIELDS> = oneCall("quantizeHeads", {
  name: "quantizeHeads",
  fields: FIELDS,
}, ({ x, mean = 0 }, to, shape) => {
  const { width } = shape;
  if (width > WIDEST_HEAD) {
    throw new RangeError(
      `quantizeHeads: head width ${width}, wanted at most ${WIDEST_HEAD} on wasm`,
    );
  }
  return { from: x, mean, to, ...shape, widens: false };
});

/**
 * Makes floats of integers.
 *
 * @param from Their address.
 * @param sizes Rows and heads.
 * @param to Where the floats go.
 * @returns The call.
 */
export function widenBytes(
  from: number,
  sizes: Readonly<Record<"batch" | "rows" | "heads" | "width", number>>,
  to: number,
): Command {
  return command(quantizeHeads.definition, { from, mean: 0, to, ...sizes, widens: true });
}
