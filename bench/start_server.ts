/**
 * `lsg serve` in a process of its own.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";

const CLI = fromFileUrl(new URL("../cli.ts", import.meta.url));

/** A running server. */
export interface ServerProcess {
  /** Where it can be reached. */
  readonly url: string;
  /** Its process. */
  readonly pid: number;
  /** Ends it by SIGTERM, and returns its exit code. */
  stop(): Promise<number>;
}

/**
 * Starts a server at any free port, and waits until its models are loaded.
 *
 * @param args Arguments of `lsg serve`.
 * @param flags Flags of Deno.
 * @param program What is run as `lsg`; absent: this repository's in Deno.
 * @returns The server.
 * @throws {Error} If it does not start.
 */
export async function startServer(
  args: readonly string[],
  flags: readonly string[] = [],
  program = [Deno.execPath(), "run", "--quiet", "--no-check", "--allow-all", ...flags, CLI],
): Promise<ServerProcess> {
  const [name, ...own] = program;
  const child = new Deno.Command(name, {
    args: [...own, "serve", "--port", "0", ...args],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await reader.read();
  void reader.cancel();
  const url = value.match(/http:\S+(?=;)/)?.[0];
  if (url === undefined) throw new Error(`lsg serve printed ${JSON.stringify(value)}`);
  const isReady = async () => {
    const { status, body } = await fetch(`${url}/health`);
    await body?.cancel();
    return status === 200;
  };
  while (!await isReady()) await new Promise((resolve) => setTimeout(resolve, 100));
  return {
    url,
    pid: child.pid,
    stop: async () => {
      child.kill("SIGTERM");
      return (await child.status).code;
    },
  };
}
