/**
 * `deno task bench:length`: cost of a forward pass over text length, for each attention pattern.
 *
 * @module
 */
import { type Command, UsageError } from "../cli/arguments.ts";
import { chooseOne, requireCount } from "../cli/choice.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import type { BackendName } from "../ops/backend.ts";
import { BACKEND_NAMES } from "../device.ts";
import { choose } from "./choose.ts";
import { LENGTH_MODELS } from "./length_models.ts";
import type { Pass } from "./length_pass.ts";
import type { LongPass } from "./long_pass.ts";
import { drawChart, formatReport, type MeasuredPass, merge } from "./length_report.ts";
import { describeMachine } from "./machine.ts";
import { runJson } from "./own_process.ts";
import { readCounts } from "./read_counts.ts";
import { replaceLines } from "./replace_lines.ts";
import { formatTable } from "./table.ts";

const SCRIPT = new URL("./length_pass.ts", import.meta.url);

const LONG_SCRIPT = new URL("./long_pass.ts", import.meta.url);

/** Tokens of the long passes: the second takes at most 4.2 times as long as the first. */
const LONG_LENGTHS = [16_384, 65_536];

const RESULTS = new URL("./length_results.json", import.meta.url);

const PAGE = new URL("../docs/which_pattern.md", import.meta.url);

/** Stored results by device. */
type Results = Readonly<Record<BackendName, readonly MeasuredPass[]>>;

const COMMAND = {
  name: "bench:length",
  summary:
    "Measures time and memory of a forward pass of the embedded model, with each pattern and " +
    "length in a separate process.",
  options: {
    device: {
      type: "string",
      placeholder: "NAME",
      default: "wasm",
      description: `Backend: ${BACKEND_NAMES.join(", ")}.`,
    },
    only: {
      type: "string",
      placeholder: "NAME,NAME",
      description: "Patterns to measure, by name or prefix; all by default.",
    },
    lengths: {
      type: "string",
      placeholder: "N,N",
      default: "512,1024,2048,4096,8192,16384",
      description: "Numbers of tokens, ascending.",
    },
    repeats: {
      type: "number",
      default: 3,
      description:
        "Measured passes up to 4,096 tokens, of which the median is shown; one for longer texts.",
    },
    limit: {
      type: "number",
      placeholder: "SECONDS",
      default: 30,
      description: "Skip longer texts for a pattern that took more than this.",
    },
    long: {
      type: "boolean",
      default: false,
      description:
        "Instead pass 16,384 and 65,536 tokens through RoBERTa-base (random weights, LSG, q8, wasm).",
    },
    layers: {
      type: "number",
      default: 12,
      description: "Layers of that model; time grows with them, memory by their weights alone.",
    },
    write: {
      type: "boolean",
      default: false,
      description: "Update tables and chart in docs/; figures that are not measured stay.",
    },
  },
} as const satisfies Command;

/**
 * Runs the command.
 *
 * @param args Command-line arguments.
 * @param print Called with each line of output.
 * @returns The exit code: 0, or 2 for invalid arguments.
 */
export function main(args: string[], print: (line: string) => void): Promise<number> {
  return runDenoTask(COMMAND, args, print, async ({ values }) => {
    const { limit } = values;
    const device = chooseOne("device", values.device, BACKEND_NAMES);
    const repeats = requireCount("--repeats", values.repeats, 1);
    const lengths = readCounts("--lengths", values.lengths);
    if (lengths.some((n, i) => i > 0 && n <= lengths[i - 1])) {
      throw new UsageError(`Cannot use --lengths ${values.lengths}: wanted ascending numbers`);
    }
    if (!(limit > 0)) throw new UsageError(`Cannot use --limit ${limit}: wanted seconds above 0`);
    const patterns = choose(LENGTH_MODELS, values.only);
    if (values.long && (values.write || values.only !== undefined || device !== "wasm")) {
      throw new UsageError(
        "Cannot use --long together with --write, --only or --device: it measures LSG on wasm",
      );
    }
    if (values.long) return await measureLong(requireCount("--layers", values.layers, 1), print);
    const machine = describeMachine(new Date());
    const passes: MeasuredPass[] = [];
    for (const tokens of lengths) {
      for (const { name } of patterns) {
        if (passes.some(({ pattern, seconds }) => pattern === name && seconds > limit)) continue;
        const count = tokens > 4096 ? 1 : repeats;
        const pass = await runJson(SCRIPT, [name, String(tokens), device, String(count)]) as Pass;
        passes.push({ ...pass, machine });
        print(
          `${name.padEnd(25)} ${tokens.toLocaleString("en").padStart(6)} tokens ` +
            `${pass.seconds.toFixed(3).padStart(8)} s`,
        );
      }
    }
    const lines = formatReport(passes, device);
    ["", ...lines].forEach((line) => print(line));
    if (values.write) await write(passes, device);
  });
}

/** Passes of RoBERTa-base under q8. */
async function measureLong(layers: number, print: (line: string) => void): Promise<void> {
  print(`${describeMachine(new Date())}; RoBERTa-base, ${layers} layers, LSG, q8`);
  const passes: LongPass[] = [];
  for (const tokens of LONG_LENGTHS) {
    passes.push(
      await runJson(LONG_SCRIPT, [tokens, "q8", layers].map(String)) as LongPass,
    );
  }
  const [short, long] = passes;
  const ratio = (key: "seconds" | "busy") => (long[key] / short[key]).toFixed(2);
  const rows = passes.map(({ tokens, seconds, busy, megabytes }) => [
    `${tokens.toLocaleString("en")} tokens`,
    seconds.toFixed(2),
    busy.toFixed(2),
    Math.round(megabytes).toLocaleString("en"),
  ]);
  rows.push(["long ÷ short, wanted ≤ 4.2", ratio("seconds"), ratio("busy"), ""]);
  const headings = ["pass", "seconds", "of all threads", "peak MB, wanted ≤ 3,000"];
  for (const line of formatTable(headings, rows)) print(line);
}

/** Replaces stored figures of the same pattern and length. */
async function write(passes: readonly MeasuredPass[], device: BackendName): Promise<void> {
  const results: Results = JSON.parse(await Deno.readTextFile(RESULTS));
  const merged = merge(results[device], passes);
  await Deno.writeTextFile(RESULTS, JSON.stringify({ ...results, [device]: merged }) + "\n");
  const page = await Deno.readTextFile(PAGE);
  const lines = formatReport(merged, device);
  await Deno.writeTextFile(PAGE, replaceLines(page, `length ${device}`, lines));
  await Deno.writeTextFile(new URL(`length_${device}.svg`, PAGE), drawChart(merged, device));
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
