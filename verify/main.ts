/**
 * `deno task verify [--device cpu,…] [--filter text]`: every pattern and model against the goldens.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl } from "@std/path";
import type { BackendName } from "../backend.ts";
import { FolderSource } from "../checkpoint/mod.ts";
import { BACKEND_NAMES, openBackend } from "../device.ts";
import { HEADINGS, tableLine } from "./table.ts";
import { allCases, runCases } from "./verify.ts";

const USAGE = `Holds every attention pattern, model and conversion against golden tensors.

deno task verify [options]

  --device NAMES  backends, separated by commas: ${BACKEND_NAMES.join(", ")}  (all)
  --filter TEXT   only cases whose name contains the text
  --quiet         only failures and the summary
  --help          this text`;

/**
 * Runs the command.
 *
 * @param args Its arguments.
 * @param print Takes the lines of the table.
 * @returns The exit code: 0 if all cases passed, 1 if not, 2 for wrong arguments.
 */
export async function main(args: string[], print: (line: string) => void): Promise<number> {
  const unknown: string[] = [];
  const options = parseArgs(args, {
    string: ["device", "filter"],
    boolean: ["help", "quiet"],
    unknown: (name: string) => {
      unknown.push(name);
      return false;
    },
  });
  const devices: readonly string[] = options.device?.split(",") ?? BACKEND_NAMES;
  const wrong = [
    ...unknown,
    ...devices.filter((name) => !BACKEND_NAMES.includes(name as BackendName)),
  ];
  if (options.help || wrong.length > 0) {
    if (wrong.length > 0) print(`Cannot verify with ${wrong.join(", ")}\n`);
    print(USAGE);
    return wrong.length > 0 ? 2 : 0;
  }
  const golden = fromFileUrl(new URL("../tests/golden", import.meta.url));
  const cases = (await allCases((path) => new FolderSource(`${golden}/${path}`)))
    .filter(({ name }) => name.includes(options.filter ?? ""));
  const backends = await Promise.all(devices.map((name) => openBackend(name as BackendName)));
  const started = performance.now();
  let passed = 0;
  let failed = 0;
  if (!options.quiet) HEADINGS.forEach((line) => print(line));
  for await (const result of runCases(cases, backends)) {
    if (result.passed) passed++;
    else failed++;
    if (!options.quiet || !result.passed) {
      print(tableLine(result.name, result.backend, result.comparisons));
    }
  }
  backends.forEach((backend) => backend.dispose());
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  print(`${passed} within bound, ${failed} beyond, on ${devices.join(", ")}, in ${seconds} s`);
  if (passed + failed === 0) print("No case has that name");
  return failed === 0 && passed > 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
