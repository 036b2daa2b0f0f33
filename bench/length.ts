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
import { replaceLines } from "./replace_lines.ts";
import { formatTable } from "./table.ts";

const SCRIPT = new URL("./length_pass.ts", import.meta.url);

const PAGE = new URL("../docs/which_pattern.md", import.meta.url);

const USAGE = `Seconds and memory of a pass of the embedded model, each attention and length in a
process of its own.

deno task bench:length [options]

  --device NAME   ${BACKEND_NAMES.join(", ")}  (wasm)
  --lengths N,N   numbers of tokens, ascending  (512,1024,2048,4096,8192,16384)
  --repeats N     passes that count up to 4,096 tokens; the median is shown  (3)
  --limit S       an attention that took longer than this is not tried on longer texts  (30)
  --write         puts tables and a chart of the seconds into docs/
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
    string: ["device", "lengths", "repeats", "limit"],
    boolean: ["write", "help"],
    default: {
      device: "wasm",
      lengths: "512,1024,2048,4096,8192,16384",
      repeats: "3",
      limit: "30",
    },
    unknown: (name: string) => {
      unknown.push(name);
      return false;
    },
  });
  const { device, repeats } = options;
  const lengths: number[] = options.lengths.split(",").map(Number);
  const limit = Number(options.limit || NaN);
  const isCount = (n: number) => Number.isInteger(n) && n >= 1;
  const wrong = [
    ...unknown,
    ...(lengths.every((n, i) => isCount(n) && (i === 0 || n > lengths[i - 1]))
      ? []
      : [`--lengths ${options.lengths}`]),
    ...(isCount(Number(repeats)) ? [] : [`--repeats ${repeats}`]),
    ...(BACKEND_NAMES.includes(device) ? [] : [`--device ${device}`]),
    ...(limit > 0 ? [] : [`--limit ${options.limit}`]),
  ];
  if (options.help || wrong.length > 0) {
    if (wrong.length > 0) print(`Cannot measure with ${wrong.join(", ")}\n`);
    print(USAGE);
    return wrong.length > 0 ? 2 : 0;
  }
  const passes: Pass[] = [];
  for (const tokens of lengths) {
    for (const { name } of EFFICIENCY) {
      if (passes.some(({ pattern, seconds }) => pattern === name && seconds > limit)) continue;
      const count = tokens > 4096 ? "1" : repeats;
      const pass = await runJson(SCRIPT, [name, String(tokens), device, count]) as Pass;
      passes.push(pass);
      print(
        `${name.padEnd(14)} ${tokens.toLocaleString("en").padStart(6)} tokens ` +
          `${pass.seconds.toFixed(3).padStart(8)} s`,
      );
    }
  }
  const lines = report(passes, device, limit);
  ["", ...lines].forEach((line) => print(line));
  if (options.write) {
    const page = await Deno.readTextFile(PAGE);
    await Deno.writeTextFile(PAGE, replaceLines(page, `length ${device}`, lines));
    await Deno.writeTextFile(new URL(`length_${device}.svg`, PAGE), chart(passes, device));
  }
  return 0;
}

/**
 * What was measured, as Markdown.
 *
 * @param passes Every attention and length that was measured.
 * @param device The device.
 * @param limit Seconds after which an attention was not tried on longer texts.
 * @returns Lines.
 */
export function report(passes: readonly Pass[], device: string, limit: number): string[] {
  const lengths = [...new Set(passes.map(({ tokens }) => tokens))];
  const isShort = passes.length < lengths.length * EFFICIENCY.length;
  return [
    `${machineLine(new Date())}, ${device}. Seconds a pass:`,
    "",
    ...tableOf(passes, lengths, ({ seconds }) => seconds.toFixed(3)),
    "",
    "Megabytes that it takes beside the loaded model:",
    "",
    ...tableOf(passes, lengths, ({ megabytes }) => megabytes.toFixed(0)),
    ...(isShort ? ["", `No figure: a shorter text took longer than ${limit} s.`] : []),
  ];
}

/** A row an attention, a column a length. */
function tableOf(
  passes: readonly Pass[],
  lengths: readonly number[],
  cell: (pass: Pass) => string,
): string[] {
  const rows = EFFICIENCY.map(({ name }) => [
    name,
    ...lengths.map((length) => {
      const pass = passes.find(({ pattern, tokens }) => pattern === name && tokens === length);
      return pass ? cell(pass) : "";
    }),
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
