/**
 * `deno task verify [options]`: compares every pattern and model with the goldens.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import type { Backend, BackendName } from "../ops/backend.ts";
import { FolderSource } from "../checkpoint/mod.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { openBackend } from "../device.ts";
import { WasmBackend } from "../wasm/mod.ts";
import { COMMAND, readOptions, type VerifyOptions } from "./options.ts";
import { formatSupport, type ModelResult } from "./support_table.ts";
import { formatRerun, formatResult, HEADINGS } from "./table.ts";
import { allCases, runCases } from "./verify.ts";

/**
 * Runs the command.
 *
 * @param args Command-line arguments.
 * @param print Called with each line of output.
 * @returns The exit code: 0 if all cases passed, 1 if one failed or none ran, 2 for invalid arguments.
 */
export function main(args: string[], print: (line: string) => void): Promise<number> {
  return runDenoTask(
    COMMAND,
    args,
    print,
    async ({ values }) => verify(await readOptions(values), print),
  );
}

async function verify(options: VerifyOptions, print: (line: string) => void): Promise<number> {
  const { devices, filter, support, quiet } = options;
  const golden = fromFileUrl(new URL("../tests/golden", import.meta.url));
  const cases = (await allCases((path) => new FolderSource(`${golden}/${path}`)))
    .filter(({ name }) => name.includes(filter));
  const backends = await Promise.all(devices.map((name) => open(name, options)));
  const started = performance.now();
  let passed = 0;
  let failed = 0;
  const results: ModelResult[] = [];
  const isQuiet = quiet || support;
  if (!isQuiet) HEADINGS.forEach((line) => print(line));
  for await (const result of runCases(cases, backends)) {
    if (result.passed) passed++;
    else failed++;
    results.push({ model: result.model, backend: result.backend, passed: result.passed });
    if (isQuiet && result.passed) continue;
    print(formatResult(result.name, result.backend, result.comparisons));
    if (!result.passed) print(formatRerun(result.name, result.backend, options));
  }
  backends.forEach((backend) => backend.dispose());
  if (support) formatSupport(results).forEach((line) => print(line));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  print(`${passed} within bound, ${failed} beyond, on ${devices.join(", ")}, in ${seconds} s`);
  if (cases.length === 0) print(`No case has a name with "${filter}"`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

function open(name: BackendName, { threads, build, dtype }: VerifyOptions): Promise<Backend> {
  if (name === "wasm") return WasmBackend.open({ threads, build, dtype });
  return openBackend(name, { dtype });
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
