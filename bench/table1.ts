/**
 * `deno task table1`: the first table of the paper in miniature, with the embedded model.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { machineLine } from "./machine.ts";
import { runJson } from "./own_process.ts";
import { DRAWN, EXPLAINING, TABLE_1 } from "./patterns.ts";
import { replaceLines } from "./replace_lines.ts";
import type { Measured } from "./table1/measure_pattern.ts";
import { LENGTHS } from "./table1/passages.ts";
import { bitsChart, borderLines, tableLines } from "./table1/report.ts";

const SCRIPT = new URL("./table1/measure_pattern.ts", import.meta.url);
const PAGE = new URL("../docs/which_pattern.md", import.meta.url);
const CHART = new URL("../docs/table1.svg", import.meta.url);
const RESULTS = new URL("./table1/results.json", import.meta.url);

/** Books that the chart reads, four chunks of each: a window of 16,384 tokens. */
const CHART_BOOKS = 2;

const USAGE = `Lets the embedded model, trained on 512 tokens, guess hidden tokens of books that it
has not seen, with each attention of the paper's Table 1, at 512 and at 4,096 tokens.

deno task table1 [options]

  --quick       a few attentions and one passage, in less than a minute
  --passages N  passages of 4,096 tokens, each from another book, up to 10  (8)
  --why         attentions that tell where the bits come from, in place of the table's
  --chart       also measures bits from 512 to 16,384 tokens
  --write       the chart too; puts table, chart and figures into docs/ and bench/
  --help        this text`;

/** What a run is of. */
interface Plan {
  readonly patterns: readonly string[];
  readonly passages: number;
  readonly chart: boolean;
}

/** Results of a run, as they are written. */
interface Results {
  readonly machine: string;
  readonly table: readonly Measured[];
  readonly chart: readonly Measured[];
}

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
    string: ["passages"],
    boolean: ["quick", "why", "chart", "write", "help"],
    unknown: (name: string) => {
      unknown.push(name);
      return false;
    },
  });
  const passages = Number(options.passages ?? (options.quick ? 1 : 8));
  if (!Number.isInteger(passages) || passages < 1 || passages > 10) {
    unknown.push(`--passages ${options.passages}`);
  }
  if (options.why && options.write) unknown.push("--why and --write");
  if (options.help || unknown.length > 0) {
    if (unknown.length > 0) print(`Cannot measure with ${unknown.join(", ")}\n`);
    print(USAGE);
    return unknown.length > 0 ? 2 : 0;
  }
  const results = await measureAll({
    patterns: options.quick ? DRAWN : (options.why ? EXPLAINING : TABLE_1).map(({ name }) => name),
    passages,
    chart: options.chart || options.write,
  }, print);
  const lines = tableLines(results.table);
  if (options.why) {
    const long = results.table.filter(({ length }) => length === 4096);
    lines.push("", "From where a copy of the position table ends:", "", ...borderLines(long));
  }
  print("");
  [results.machine, noteOf(passages), "", ...lines].forEach((line) => print(line));
  if (options.write) await write(results, [noteOf(passages), "", ...lines]);
  return 0;
}

async function measureAll(
  { patterns, passages, chart }: Plan,
  print: (line: string) => void,
): Promise<Results> {
  const wanted = patterns.flatMap((pattern) =>
    [512, 4096].map((length) => [pattern, length, passages, 1] as const)
  );
  const drawn = chart
    ? DRAWN.flatMap((pattern) =>
      LENGTHS.map((length) => [pattern, length, CHART_BOOKS, 4] as const)
    )
    : [];
  const all: Measured[] = [];
  for (const [pattern, length, ...sizes] of [...wanted, ...drawn]) {
    const measured = await runJson(SCRIPT, [pattern, length, ...sizes].map(String)) as Measured;
    all.push(measured);
    const bits = measured.scores.reduce((sum, score) => sum + score.bits, 0) / sizes[0];
    print(
      `${String(all.length).padStart(3)}/${wanted.length + drawn.length} ${pattern.padEnd(24)} ` +
        `${length.toLocaleString("en").padStart(6)} tokens ${bits.toFixed(2).padStart(6)} bits`,
    );
  }
  return {
    machine: machineLine(new Date()),
    table: all.slice(0, wanted.length),
    chart: all.slice(wanted.length),
  };
}

function noteOf(passages: number): string {
  return `The same hidden tokens in each row: 15 % of ${passages} passages of 4,096 tokens; ± ` +
    "standard errors over them.";
}

async function write(results: Results, lines: readonly string[]): Promise<void> {
  await Deno.writeTextFile(RESULTS, JSON.stringify(results) + "\n");
  await Deno.writeTextFile(CHART, bitsChart(results.chart));
  const page = await Deno.readTextFile(PAGE);
  await Deno.writeTextFile(PAGE, replaceLines(page, "table1", [results.machine + ".", ...lines]));
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
