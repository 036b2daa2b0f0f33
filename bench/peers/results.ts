/**
 * Results are kept from run to run, so that one subject can be measured again by itself.
 *
 * @module
 */
import type { Outcome } from "./outcome.ts";

/** The last outcome of a subject, and what it was measured on. */
export interface Result {
  /** What it took, or why it was not measured. */
  readonly outcome: Outcome;
  /** The machine and the day. */
  readonly machine: string;
  /** GFLOPS of a thread that multiplies and adds in SIMD128 registers, just before. */
  readonly peak: number;
}

/** Results by the subject's name. */
export type Results = Readonly<Record<string, Result>>;

/**
 * Reads the results of earlier runs.
 *
 * @param file Where they are kept.
 * @returns The results; none if there is no file yet.
 */
export async function readResults(file: string): Promise<Results> {
  try {
    return JSON.parse(await Deno.readTextFile(file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}

/**
 * Keeps results for later runs.
 *
 * @param file Where; its folder is made if there is none.
 * @param results All of them.
 */
export async function writeResults(file: string, results: Results): Promise<void> {
  await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(file, JSON.stringify(results, null, 2) + "\n");
}
