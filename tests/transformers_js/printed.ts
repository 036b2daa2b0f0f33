/** What transformers.js prints for the programs, and how it is compared. */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";

/** The folder of models, where programs find them by their names. */
export const MODELS: string = fromFileUrl(new URL("../golden/", import.meta.url));

/** The folder of programs. */
export const PROGRAMS: URL = new URL("programs/", import.meta.url);

const golden = new URL("../golden/transformers_js_programs.json", import.meta.url);

/** Lines of each program, tensors and bigints as {@linkcode plain} makes them. */
export const PRINTED: Readonly<Record<string, readonly unknown[]>> =
  JSON.parse(await Deno.readTextFile(golden)).printed;

/**
 * ONNX Runtime and these models sum in another order: two layers of at most 16 numbers, some sixty
 * roundings of float32 on the way to a result.
 */
const BOUND = 64 * 2 ** -24;

/** What results have here beside the keys that they have there. */
const FURTHER = ["start", "end"];

/** Tensors and bigints as the goldens hold them; its text also runs in Node. */
export function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const { type, dims, data } = value as { type: string; dims?: number[]; data: ArrayLike<number> };
  if (dims !== undefined) return { type, dims, data: Array.from(data, Number) };
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

/**
 * Asserts that a program printed what it prints with transformers.js.
 *
 * @param given What it printed, plain.
 * @param wanted What is wanted.
 * @param where Where both are, for messages.
 */
export function assertPrinted(given: unknown, wanted: unknown, where: string): void {
  if (typeof wanted === "number") {
    assertEquals(typeof given, "number", where);
    const off = Math.abs(Number(given) - wanted);
    assert(off <= BOUND * Math.max(1, Math.abs(wanted)), `${where}: ${given}, wanted ${wanted}`);
  } else if (typeof wanted === "object" && wanted !== null) {
    const keys = Object.keys(Object(given)).filter((key) =>
      key in wanted || !FURTHER.includes(key)
    );
    assertEquals(keys.sort(), Object.keys(wanted).sort(), where);
    for (const [key, value] of Object.entries(wanted)) {
      assertPrinted((given as Record<string, unknown>)[key], value, `${where}.${key}`);
    }
  } else assertEquals(given, wanted, where);
}
