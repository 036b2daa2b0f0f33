/**
 * A process for a subject.
 *
 * @module
 */
import { type Outcome, readOutcome } from "./outcome.ts";
import { makeRoberta } from "./roberta.ts";
import { CACHE, checkpointName, type Subject } from "./subjects.ts";

/** Minutes after which a subject is given up. */
const MOST_MINUTES = 10;

/**
 * Runs a subject to its end.
 *
 * @param subject What to measure.
 * @param python The Python that has the packages.
 * @returns What it took, or why it was not measured.
 */
export async function runSubject(subject: Subject, python: string): Promise<Outcome> {
  const { checkpoint, program, args } = subject;
  if (checkpoint) await makeRoberta(`${CACHE}/${checkpointName(checkpoint)}`, checkpoint);
  // Nothing is downloaded here: a package is installed because someone asked for it.
  const deno = ["run", "--no-lock", "--cached-only", "--allow-all"];
  const [command, flags] = program === "deno"
    ? [Deno.execPath(), deno]
    : [python, ["-W", "ignore"]];
  const signal = AbortSignal.timeout(MOST_MINUTES * 60_000);
  try {
    const { code, stdout, stderr } = await new Deno.Command(command, {
      args: [...flags, ...args],
      env: { NO_COLOR: "1" },
      signal,
    }).output();
    if (signal.aborted) return { skipped: `took more than ${MOST_MINUTES} minutes` };
    const decoder = new TextDecoder();
    return readOutcome(code, decoder.decode(stdout), decoder.decode(stderr));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { skipped: `there is no program ${command}` };
  }
}
