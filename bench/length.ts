/**
 * `deno task bench:length`: what a pass costs with each attention as texts grow longer.
 *
 * @module
 */
import { type Command, UsageError } from "../cli/arguments.ts";
import { chooseOne, requireCount } from "../cli/choice.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { BACKEND_NAMES } from "../device.ts";
import type { Pass } from "./length_pass.ts";
import { lineChart } from "./line_chart.ts";
import { machineLine } from "./machine.ts";
import { runJson } from "./own_process.ts";
import { EFFICIENCY } from "./patterns.ts";
import { readCounts } from "./read_counts.ts";
import { replaceLines } from "./replace_lines.ts";
import { formatTable } from "./table.ts";

const SCRIPT = new URL("./length_pass.ts", import.meta.url);

const PAGE = new URL("../docs/which_pattern.md", import.meta.url);

const COMMAND = {
  name: "bench:length",
  summary: "Seconds and memory of a pass of the embedded model, each attention and length in a " +
    "process of its own.",
  options: {
    device: {
      type: "string",
      placeholder: "NAME",
      default: "wasm",
      description: `What computes: ${BACKEND_NAMES.join(", ")}.`,
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
      description: "Passes that count up to 4,096 tokens; the median is shown.",
    },
    limit: {
      type: "number",
      placeholder: "SECONDS",
      default: 30,
      description: "An attention that took longer than this is not tried on longer texts.",
    },
    write: {
      type: "boolean",
      default: false,
      description: "Puts tables and a chart of the seconds into docs/.",
    },
  },
} as const satisfies Command;

/**
 * Runs the command.
 *
 * @param args Its arguments.
 * @param print Takes the lines of the output.
 * @returns The exit code: 0, or 2 for wrong arguments.
 */
export function main(args: string[], print: (line: string) => void): Promise<number> {
  return runDenoTask(COMMAND, args, print, async ({ values }) => {
    const { limit, write } = values;
    const device = chooseOne("device", values.device, BACKEND_NAMES);
    const repeats = requireCount("--repeats", values.repeats, 1);
    const lengths = readCounts("--lengths", values.lengths);
    if (lengths.some((n, i) => i > 0 && n <= lengths[i - 1])) {
      throw new UsageError(`Cannot use --lengths ${values.lengths}: wanted ascending numbers`);
    }
    if (!(limit > 0)) throw new UsageError(`Cannot use --limit ${limit}: wanted seconds above 0`);
    const passes: Pass[] = [];
    for (const tokens of lengths) {
      for (const { name } of EFFICIENCY) {
        if (passes.some(({ pattern, seconds }) => pattern === name && seconds > limit)) continue;
        const count = tokens > 4096 ? 1 : repeats;
        const pass = await runJson(SCRIPT, [name, String(tokens), device, String(count)]) as Pass;
        passes.push(pass);
        print(
          `${name.padEnd(14)} ${tokens.toLocaleString("en").padStart(6)} tokens ` +
            `${pass.seconds.toFixed(3).padStart(8)} s`,
        );
      }
    }
    const lines = report(passes, device, limit);
    ["", ...lines].forEach((line) => print(line));
    if (write) {
      const page = await Deno.readTextFile(PAGE);
      await Deno.writeTextFile(PAGE, replaceLines(page, `length ${device}`, lines));
      await Deno.writeTextFile(new URL(`length_${device}.svg`, PAGE), chart(passes, device));
    }
  });
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
