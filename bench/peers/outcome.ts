/**
 * What comes of a subject: each runs in a process of its own and prints this as a line of JSON.
 *
 * @module
 */
import { measure } from "../measure.ts";
import { processMemory } from "../process_memory.ts";

/** What a subject took. */
export interface Measured {
  /** Median time of a pass. */
  readonly seconds: number;
  /** The most memory that the process held at a time; null where there is no `/proc`. */
  readonly megabytes: number | null;
  /** What ran, with its version. */
  readonly versions: string;
}

/** Why a subject was not measured. */
export interface Skipped {
  /** The reason, in a line. */
  readonly skipped: string;
}

/** One or the other. */
export type Outcome = Measured | Skipped;

/** Passes of a subject: the first may build caches; a long one shows enough when it runs once. */
export interface Passes {
  /** Passes before the first that counts. */
  readonly warmups: number;
  /** Passes that count. */
  readonly repeats: number;
}

/**
 * Reads what a process left.
 *
 * @param code Its exit code.
 * @param stdout What it printed; the last line is the outcome.
 * @param stderr What it complained of.
 * @returns The outcome; a process that failed is skipped with its error.
 */
export function readOutcome(code: number, stdout: string, stderr: string): Outcome {
  if (code !== 0) {
    // Deno puts the error in front of where it was thrown, Python behind.
    const complaint = stderr.match(/^error: (?:Uncaught (?:\(in promise\) )?)?(.+)$/m)?.[1];
    return {
      skipped: complaint || lastLine(stderr) || `ended with exit code ${code} and no message`,
    };
  }
  const line = lastLine(stdout);
  try {
    const outcome = JSON.parse(line);
    if (typeof outcome.skipped === "string" || outcome.seconds > 0) return outcome;
  } catch {
    // Not JSON: the reason below says so.
  }
  return { skipped: `printed ${JSON.stringify(line)}, wanted seconds or a reason as JSON` };
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1)?.trim() ?? "";
}

/**
 * Measures a subject in this process and prints the outcome.
 *
 * @param versions What runs, with its version.
 * @param passes How often.
 * @param run A pass, to its end.
 */
export async function report(
  versions: string,
  passes: Passes,
  run: () => Promise<unknown>,
): Promise<void> {
  const [seconds] = await measure([run], passes);
  const outcome: Measured = { seconds, megabytes: peakMegabytes(), versions };
  console.log(JSON.stringify(outcome));
}

/** The most memory of this process that was resident at a time, in 10⁶ bytes. */
function peakMegabytes(): number | null {
  return Deno.build.os === "linux" ? processMemory().peak * 2 ** 20 / 1e6 : null;
}
