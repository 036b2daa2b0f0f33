/**
 * Outcomes of subjects. Each runs in a separate process and prints its outcome as a line of JSON.
 *
 * @module
 */
import { measure, median } from "../measure.ts";
import { readProcessMemory } from "../process_memory.ts";

/** Measurements of a subject. */
export interface Measured {
  /** Median seconds per pass. */
  readonly seconds: number;
  /** Peak memory of the process; null if there is no `/proc`. */
  readonly megabytes: number | null;
  /** Packages with their versions. */
  readonly versions: string;
  /** Median seconds that the busiest thread ran in a pass, if the subject tells. */
  readonly busiest?: number;
  /** Seconds from the start of the process to the end of its first pass, if the subject tells. */
  readonly first?: number;
}

/** The environment variable with the time at which a process was started, in milliseconds. */
export const STARTED = "LSG_PEERS_STARTED";

/** A subject that was not measured. */
export interface Skipped {
  /** Reason in one line. */
  readonly skipped: string;
}

/** Measurements, or the reason that there are none. */
export type Outcome = Measured | Skipped;

/** Numbers of passes of a subject. */
export interface Passes {
  /** Warm-up passes. */
  readonly warmups: number;
  /** Measured passes. */
  readonly repeats: number;
}

/**
 * Reads the outcome of a process.
 *
 * @param code Exit code.
 * @param stdout Standard output; the last line is the outcome.
 * @param stderr Standard error.
 * @returns The outcome; a failed process is skipped with its error.
 */
export function readOutcome(code: number, stdout: string, stderr: string): Outcome {
  if (code !== 0) {
    // Deno prints the error before the stack trace, Python after it.
    const message = stderr.match(/^error: (?:Uncaught (?:\(in promise\) )?)?(.+)$/m)?.[1];
    return {
      skipped: message || lastLine(stderr) || `exited with code ${code} and no message`,
    };
  }
  const line = lastLine(stdout);
  try {
    const outcome = JSON.parse(line);
    if (typeof outcome.skipped === "string" || outcome.seconds > 0) return outcome;
  } catch {
    // Not JSON; reported below.
  }
  return { skipped: `printed ${JSON.stringify(line)}, wanted seconds or a reason as JSON` };
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1)?.trim() ?? "";
}

/**
 * Measures a subject in this process and prints the outcome.
 *
 * @param versions Packages with their versions.
 * @param passes Numbers of passes.
 * @param run Runs a pass to completion.
 */
export async function report(
  versions: string,
  passes: Passes,
  run: () => Promise<unknown>,
): Promise<void> {
  let first: number | undefined;
  const started = Number(Deno.env.get(STARTED) ?? NaN);
  const pass = async () => {
    await run();
    first ??= (Date.now() - started) / 1000;
  };
  const [seconds] = await measure([pass], passes);
  const outcome: Measured = { seconds, megabytes: readPeakMegabytes(), versions, first };
  console.log(JSON.stringify(outcome));
}

/**
 * Combines the outcomes of several processes of a subject.
 *
 * @param outcomes At least one.
 * @returns Medians of times and the most memory; the first one that was skipped, if one was.
 */
export function combineOutcomes(outcomes: readonly Outcome[]): Outcome {
  const measured = outcomes.filter((outcome) => "seconds" in outcome);
  if (measured.length < outcomes.length || measured.length === 1) {
    return outcomes.find((outcome) => "skipped" in outcome) ?? measured[0];
  }
  const middle = (of: "seconds" | "busiest" | "first") => {
    const times = measured.flatMap((outcome) => outcome[of] ?? []);
    return times.length === measured.length ? median(times) : undefined;
  };
  const memory = measured.map(({ megabytes }) => megabytes);
  return {
    ...measured[0],
    seconds: middle("seconds")!,
    busiest: middle("busiest"),
    first: middle("first"),
    megabytes: memory.includes(null) ? null : Math.max(...memory as number[]),
  };
}

/** Reads the peak memory of this process, in 10⁶ bytes; null if there is no `/proc`. */
export function readPeakMegabytes(): number | null {
  return Deno.build.os === "linux" ? readProcessMemory().peak * 2 ** 20 / 1e6 : null;
}
