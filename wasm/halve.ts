/**
 * Keys and values in half precision.
 *
 * @module
 */
import { oneCall, type WasmKernel } from "./kernel.ts";
import { type Command, command } from "./machine/layout.ts";

const FIELDS = {
  from: "usize",
  to: "usize",
  count: "i32",
  /** Whether halves become floats again. */
  widens: "i32",
} as const;

/** Rounds to half precision; see cpu/halve.ts. */
export const halve: WasmKernel<"halve", typeof FIELDS> = oneCall("halve", {
  name: "halve",
  fields: FIELDS,
}, ({ x }, to, { count }) => ({ from: x, to, count, widens: false }));

/**
 * Widens halves to floats.
 *
 * @param from Their address.
 * @param count Their number.
 * @param to Where the floats go.
 * @returns The call.
 */
export function widen(from: number, count: number, to: number): Command {
  return command(halve.definition, { from, to, count, widens: true });
}
