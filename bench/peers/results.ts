/**
 * Stored results, so that single subjects can be measured again.
 *
 * @module
 */
import type { Outcome } from "./outcome.ts";

/** Last outcome of a subject, and the machine that it was measured on. */
export interface Result {
  /** The outcome. */
  readonly outcome: Outcome;
  /** Machine and date. */
  readonly machine: string;
  /** Peak GFLOPS of one thread just before the measurement. */
  readonly peak: number;
}

/** Results by subject name. */
export type Results = Readonly<Record<string, Result>>;

/**
 * Reads the results of earlier runs.
 *
 * @param file Path of the file.
 * @returns The results; empty if the file does not exist.
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
 * Stores results for later runs.
 *
 * @param file Path of the file; its folder is created if necessary.
 * @param results All results.
 */
export async function writeResults(file: string, results: Results): Promise<void> {
  await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(file, JSON.stringify(results, null, 2) + "\n");
}
