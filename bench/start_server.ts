/**
 * `lsg serve` in a process of its own.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";

const CLI = fromFileUrl(new URL("../cli.ts", import.meta.url));

/** A running server, which `await using` ends. */
export interface ServerProcess extends AsyncDisposable {
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
 * @throws {Error} If it does not start; the message has what it printed.
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
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  const stop = async () => {
    try {
      child.kill("SIGTERM");
    } catch {
      // It has ended.
    }
    return (await child.status).code;
  };
  try {
    const url = await readUrl(child.stdout);
    while (!await isReady(url)) await new Promise((resolve) => setTimeout(resolve, 100));
    return { url, pid: child.pid, stop, [Symbol.asyncDispose]: async () => void await stop() };
  } catch (cause) {
    await stop();
    const { message } = cause as Error;
    throw new Error(`Cannot start lsg serve: ${message}: ${await errors}`, { cause });
  }
}

async function readUrl(stdout: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const reader = stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await reader.read();
  void reader.cancel();
  const url = value.match(/http:\S+(?=;)/)?.[0];
  if (url === undefined) throw new Error(`it printed ${JSON.stringify(value)}`);
  return url;
}

async function isReady(url: string): Promise<boolean> {
  const { status, body } = await fetch(`${url}/health`);
  await body?.cancel();
  return status === 200;
}
