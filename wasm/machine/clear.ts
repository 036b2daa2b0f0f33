/**
 * Filling of memory with zeros.
 *
 * @module
 */
import { type Command, command, type Definition } from "./layout.ts";

const FIELDS = { to: "usize", vectors: "i32" } as const;

/** The code in WebAssembly. */
export const CLEAR: Definition<typeof FIELDS> = { name: "clear", fields: FIELDS };

/**
 * Fills memory with zeros.
 *
 * @param to Its address.
 * @param bytes Its size; up to 15 bytes more are cleared, as allocated memory has them.
 * @returns The call.
 */
export function clear(to: number, bytes: number): Command {
  return command(CLEAR, { to, vectors: Math.ceil(bytes / 16) });
}
