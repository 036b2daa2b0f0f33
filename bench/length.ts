/**
 * `deno task bench:length`: what a pass costs with each attention as texts grow longer.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { BACKEND_NAMES } from "../device.ts";
import type { Pass } from "./length_pass.ts";
import { lineChart } from "./line_chart.ts";
import { machineLine } from "./machine.ts";
import { runJson } from "./own_process.ts";
import { EFFICIENCY } from "./patterns.ts";
import { formatTable } from "./table.ts";

const SCRIPT = new URL("./length_pass.ts", import.meta.url);

/** The reference takes minutes beyond. */
const LONGEST_ON_CPU = 1024;

const USAGE = `Seconds and memory of a pass of the embedded model, each attention and length in a
process of its own.

deno task bench:length [options]

  --device NAME   ${BACKEND_NAMES.join(", ")}  (wasm)
  --lengths N,N   numbers of tokens  (512,1024,2048,4096,8192,16384; on cpu up to 1024)
  --repeats N     passes that count up to 4,096 tokens; the median is shown  (3)
  --svg FILE      also writes a chart of the seconds
  --help          this text`;

/**
 * Runs the command.
 *
 * @param args Its arguments.
 * @param print Takes the lines of the output.
 * @returns The exit code: 0, or 2 for wrong arguments.
 */
export async function main(args: string[], print: (line: string) => void): Promise<number> {
  const unknown: string[] = [];
  const options = parseArgs(args, {
    string: ["device", "lengths", "repeats", "svg"],
    boolean: ["help"],
    default: { device: "wasm", lengths: "512,1024,2048,4096,8192,16384", repeats: "3" },
    unknown: (name: string) => {
      unknown.push(name);
      return false;
    },
  });
  const { device, repeats } = options;
  const lengths: number[] = options.lengths.split(",").map(Number)
    .filter((n: number) => !(device === "cpu" && n > LONGEST_ON_CPU));
  const isCount = (n: number) => Number.isInteger(n) && n >= 1;
  const wrong = [
    ...unknown,
    ...lengths.filter((n) => !isCount(n)).map((n) => `--lengths ${n}`),
    ...(isCount(Number(repeats)) ? [] : [`--repeats ${repeats}`]),
    ...(BACKEND_NAMES.includes(device) ? [] : [`--device ${device}`]),
    ...(options.svg === "" ? ["--svg without a file"] : []),
  ];
  if (options.help || wrong.length > 0) {
    if (wrong.length > 0) print(`Cannot measure with ${wrong.join(", ")}\n`);
    print(USAGE);
    return wrong.length > 0 ? 2 : 0;
  }
  const passes: Pass[] = [];
  for (const tokens of lengths) {
    for (const { name } of EFFICIENCY) {
      const count = tokens > 4096 ? "1" : repeats;
      passes.push(await runJson(SCRIPT, [name, String(tokens), device, count]) as Pass);
    }
    print(`measured ${tokens.toLocaleString("en")} tokens`);
  }
  print(`\n${machineLine(new Date())}, ${device}\n\nSeconds a pass`);
  tableOf(passes, ({ seconds }) => seconds.toFixed(3)).forEach((line) => print(line));
  print("\nMegabytes that it takes beside the loaded model");
  tableOf(passes, ({ megabytes }) => megabytes.toFixed(0)).forEach((line) => print(line));
  if (options.svg) await Deno.writeTextFile(options.svg, chart(passes, device));
  return 0;
}

/** A row an attention, a column a length. */
function tableOf(passes: readonly Pass[], cell: (pass: Pass) => string): string[] {
  const lengths = [...new Set(passes.map(({ tokens }) => tokens))];
  const rows = EFFICIENCY.map(({ name }) => [
    name,
    ...passes.filter(({ pattern }) => pattern === name).map(cell),
  ]);
  return formatTable(["attention", ...lengths.map((n) => n.toLocaleString("en"))], rows);
}

function chart(passes: readonly Pass[], device: string): string {
  return lineChart({
    title: `A pass of the embedded model over length, ${device}`,
    xLabel: "tokens",
    yLabel: "seconds",
    series: EFFICIENCY.map(({ name }) => ({
      name,
      points: passes.filter(({ pattern }) => pattern === name)
        .map(({ tokens, seconds }) => [tokens, seconds] as const),
    })),
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
