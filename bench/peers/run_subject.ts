/**
 * Processes of subjects.
 *
 * @module
 */
import { type Outcome, readOutcome, STARTED } from "./outcome.ts";
import { makeDecoder, makeModernBert, makeRoberta } from "./checkpoints.ts";
import { CACHE, nameCheckpoint, nameDecoder, type Subject } from "./subjects.ts";

/** Time limit of a subject in minutes. */
const MOST_MINUTES = 10;

/**
 * Runs a subject in a process.
 *
 * @param subject The subject.
 * @param python Python interpreter with the packages.
 * @returns The outcome.
 */
export async function runSubject(subject: Subject, python: string): Promise<Outcome> {
  const { checkpoint, decoder, program, args } = subject;
  if (checkpoint === "modernbert") await makeModernBert(`${CACHE}/${checkpoint}`);
  else if (checkpoint) await makeRoberta(`${CACHE}/${nameCheckpoint(checkpoint)}`, checkpoint);
  if (decoder) await makeDecoder(`${CACHE}/${nameDecoder(decoder)}`, decoder);
  // Never downloads packages; only installed ones are measured.
  const deno = ["run", "--no-lock", "--cached-only", "--allow-all"];
  const [command, flags] = program === "deno"
    ? [Deno.execPath(), deno]
    : [python, ["-W", "ignore"]];
  const signal = AbortSignal.timeout(MOST_MINUTES * 60_000);
  try {
    const { code, stdout, stderr } = await new Deno.Command(command, {
      args: [...flags, ...args],
      env: { NO_COLOR: "1", [STARTED]: String(Date.now()) },
      signal,
    }).output();
    if (signal.aborted) return { skipped: `took more than ${MOST_MINUTES} minutes` };
    const decoder = new TextDecoder();
    return readOutcome(code, decoder.decode(stdout), decoder.decode(stderr));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { skipped: `missing program ${command}` };
  }
}
