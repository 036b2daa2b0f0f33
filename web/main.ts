/**
 * `deno task web`: builds the site in the folder `web/dist` and serves it; `--build` only builds,
 * `--port` chooses the port.
 *
 * @module
 */
import { type Command, UsageError } from "../cli/arguments.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { buildSite, SITE } from "./build/build_site.ts";
import { serveSite } from "./build/serve_site.ts";

const COMMAND = {
  name: "web",
  summary: "Builds the site in the folder web/dist and serves it on localhost.",
  options: {
    build: { type: "boolean", default: false, description: "Only build." },
    port: { type: "number", default: 8000, description: "Port; 0 for a free one." },
  },
} as const satisfies Command;

/**
 * Runs the command.
 *
 * @param args Command-line arguments.
 * @param print Called with each line of output.
 * @returns The exit code; while the site is served, the promise waits for the process's end.
 */
export function main(args: string[], print: (line: string) => void): Promise<number> {
  return runDenoTask(COMMAND, args, print, async ({ values: { build, port } }) => {
    await buildSite();
    print(`Built ${SITE}`);
    if (build) return;
    print(`Serving it on ${serve(port)}`);
    await new Promise(() => {});
  });
}

function serve(port: number): string {
  try {
    return serveSite(SITE, port).url;
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse || error instanceof RangeError)) throw error;
    throw new UsageError(`Cannot serve on --port ${port}: ${error.message}; wanted a free one`);
  }
}

if (import.meta.main) Deno.exitCode = await main(Deno.args, console.log);
