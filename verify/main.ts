/**
 * `deno task verify [options]`: every pattern and model against the goldens.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl } from "@std/path";
import type { Backend, BackendName } from "../backend.ts";
import { FolderSource } from "../checkpoint/mod.ts";
import { availableBackends, BACKEND_NAMES, openBackend } from "../device.ts";
import type { DeviceOptions } from "../gpu/mod.ts";
import { type Build, type MachineOptions, WasmBackend } from "../wasm/mod.ts";
import { type ModelResult, supportTable } from "./support_table.ts";
import { HEADINGS, tableLine } from "./table.ts";
import { allCases, runCases } from "./verify.ts";

const USAGE = `Holds every attention pattern, model and conversion against golden tensors.

deno task verify [options]

  --device NAMES  backends, separated by commas: ${BACKEND_NAMES.join(", ")}  (all there are)
  --threads N     threads of wasm  (as many as there are cores)
  --build NAME    kernels of wasm: relaxed or plain  (the fastest that runs here)
  --dtype NAME    how webgpu stores values: fp32 or fp16  (fp32)
  --filter TEXT   only cases whose name contains the text
  --support       a table in Markdown: cases that passed, by family and head
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
    string: ["device", "threads", "build", "dtype", "filter"],
    boolean: ["help", "quiet", "support"],
    unknown: (name: string) => {
      unknown.push(name);
      return false;
    },
  });
  const devices: readonly string[] = options.device?.split(",") ??
    await availableBackends();
  const { threads, build, dtype } = options;
  const wrong = [
    ...unknown,
    ...devices.filter((name) => !BACKEND_NAMES.includes(name as BackendName)),
    ...(threads === undefined || /^[1-9]\d*$/.test(threads) ? [] : [`--threads ${threads}`]),
    ...(build === undefined || isBuild(build) ? [] : [`--build ${build}`]),
    ...(dtype === undefined || isStored(dtype) ? [] : [`--dtype ${dtype}`]),
  ];
  if (options.help || wrong.length > 0) {
    if (wrong.length > 0) print(`Cannot verify with ${wrong.join(", ")}\n`);
    print(USAGE);
    return wrong.length > 0 ? 2 : 0;
  }
  const golden = fromFileUrl(new URL("../tests/golden", import.meta.url));
  const cases = (await allCases((path) => new FolderSource(`${golden}/${path}`)))
    .filter(({ name }) => name.includes(options.filter ?? ""));
  const machine = { build, ...(threads && { threads: Number(threads) }) };
  const backends = await Promise.all(
    devices.map((name) => open(name as BackendName, machine, { dtype })),
  );
  const started = performance.now();
  let passed = 0;
  let failed = 0;
  const results: ModelResult[] = [];
  const isQuiet = options.quiet || options.support;
  if (!isQuiet) HEADINGS.forEach((line) => print(line));
  for await (const result of runCases(cases, backends)) {
    if (result.passed) passed++;
    else failed++;
    results.push({ model: result.model, backend: result.backend, passed: result.passed });
    if (!isQuiet || !result.passed) {
      print(tableLine(result.name, result.backend, result.comparisons));
    }
  }
  backends.forEach((backend) => backend.dispose());
  if (options.support) supportTable(results).forEach((line) => print(line));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  print(`${passed} within bound, ${failed} beyond, on ${devices.join(", ")}, in ${seconds} s`);
  if (passed + failed === 0) print("No case has that name");
  return failed === 0 && passed > 0 ? 0 : 1;
}

function isBuild(name: string): name is Build {
  return name === "relaxed" || name === "plain";
}

function isStored(name: string): name is "fp32" | "fp16" {
  return name === "fp32" || name === "fp16";
}

function open(
  name: BackendName,
  machine: MachineOptions,
  device: DeviceOptions,
): Promise<Backend> {
  if (name === "wasm") return WasmBackend.open(machine);
  return openBackend(name, name === "webgpu" ? device : {});
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
