/**
 * `lsg batch work` in processes of their own, in Deno or in Node.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";

const CLI = fromFileUrl(new URL("../../cli.ts", import.meta.url));

/** What runs `lsg`: Deno from the sources, or Node from the scripts of the package for npm. */
export interface Program {
  /** What it is called in messages. */
  readonly name: string;
  /** The program and its first arguments, before those of `lsg`. */
  readonly command: readonly [string, ...string[]];
}

/** `lsg` in Deno, from the sources. */
export const IN_DENO: Program = {
  name: "Deno",
  command: [Deno.execPath(), "run", "--quiet", "--no-check", "--allow-all", CLI],
};

/**
 * `lsg` in Node.
 *
 * @param script Path of the package's cli.js, beside the packages that it needs.
 */
export function inNode(script: string): Program {
  return { name: "Node", command: ["node", script] };
}

/** How a process ended. */
export interface Ended {
  /** Its exit code; 128 and its number if a signal ended it. */
  readonly code: number;
  /** What it printed on standard output. */
  readonly stdout: string;
  /** What it printed on standard error. */
  readonly stderr: string;
}

/** A running `lsg`. */
export interface LsgProcess {
  /** What runs it. */
  readonly program: Program;
  /** Its number. */
  readonly pid: number;
  /** Resolves when it has ended. */
  readonly ended: Promise<Ended>;
  /** Sends it a signal; nothing happens if it has ended. */
  kill(signal: Deno.Signal): void;
}

/**
 * Starts `lsg`.
 *
 * @param program What runs it.
 * @param args Its arguments.
 * @param env Variables of its environment, besides those of this process.
 * @returns The process.
 */
export function startLsg(
  program: Program,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): LsgProcess {
  const [command, ...first] = program.command;
  const child = new Deno.Command(command, {
    args: [...first, ...args],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const ended = child.output().then(({ code, stdout, stderr }) => {
    const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { code, stdout: out, stderr: error };
  });
  return {
    program,
    pid: child.pid,
    ended,
    kill: (signal) => {
      try {
        child.kill(signal);
      } catch {
        // It has ended.
      }
    },
  };
}

/**
 * Runs `lsg` to its end.
 *
 * @param program What runs it.
 * @param args Its arguments.
 * @returns What it printed on standard output.
 * @throws {Error} With what it printed, if it fails.
 */
export async function runLsg(program: Program, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await startLsg(program, args).ended;
  if (code !== 0) {
    throw new Error(`lsg ${args.join(" ")} ended with code ${code}: ${stdout}${stderr}`);
  }
  return stdout;
}
