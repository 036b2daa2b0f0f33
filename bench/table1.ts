/**
 * `deno task table1`: Table 1 of the paper in miniature, with the embedded model.
 *
 * @module
 */
import { type Command, UsageError } from "../cli/arguments.ts";
import { requireCount } from "../cli/choice.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { describeMachine } from "./machine.ts";
import { runJson } from "./own_process.ts";
import { ABLATIONS, CHARTED, TABLE_1 } from "./patterns.ts";
import { replaceLines } from "./replace_lines.ts";
import type { Measured } from "./table1/measure_pattern.ts";
import { LENGTHS } from "./table1/passages.ts";
import { drawBits, formatBorders, formatScores } from "./table1/report.ts";

const SCRIPT = new URL("./table1/measure_pattern.ts", import.meta.url);
const PAGE = new URL("../docs/which_pattern.md", import.meta.url);
const CHART = new URL("../docs/table1.svg", import.meta.url);
const RESULTS = new URL("./table1/results.json", import.meta.url);

/** Books for the chart, 16,384 tokens each; one more takes four minutes. */
const CHART_BOOKS = 1;

/** Number of books in bench/table1/books.txt. */
const MOST_PASSAGES = 10;

const COMMAND = {
  name: "table1",
  summary:
    "Measures how well the embedded model, trained on 512 tokens, predicts masked tokens of " +
    "unseen books with each attention of the paper's Table 1, at 512 and at 4,096 tokens.",
  options: {
    quick: {
      type: "boolean",
      default: false,
      description: "Measure a few patterns on one passage, in less than a minute.",
    },
    passages: {
      type: "number",
      description: "Number of passages of 4,096 tokens, each from a different book, " +
        `up to ${MOST_PASSAGES}; 6 if absent, 1 with --quick.`,
    },
    why: {
      type: "boolean",
      default: false,
      description: "Measure ablations that explain the results, instead of the table.",
    },
    chart: {
      type: "boolean",
      default: false,
      description: "Also measure bits from 512 to 16,384 tokens.",
    },
    write: {
      type: "boolean",
      default: false,
      description: "Implies --chart; writes table, chart and figures to docs/ and bench/.",
    },
  },
} as const satisfies Command;

/** Contents of a run. */
interface Plan {
  readonly patterns: readonly string[];
  readonly passages: number;
  readonly chart: boolean;
}

/** Results of a run, as stored. */
interface Results {
  readonly machine: string;
  readonly table: readonly Measured[];
  readonly chart: readonly Measured[];
}

/**
 * Runs the command.
 *
 * @param args Command-line arguments.
 * @param print Called with each line of output.
 * @returns The exit code: 0, or 2 for invalid arguments.
 */
export function main(args: string[], print: (line: string) => void): Promise<number> {
  return runDenoTask(COMMAND, args, print, async ({ values: options }) => {
    const passages = requireCount("--passages", options.passages ?? (options.quick ? 1 : 6), 1);
    if (passages > MOST_PASSAGES) {
      throw new UsageError(`Cannot use --passages ${passages}: there are ${MOST_PASSAGES} books`);
    }
    if (options.why && (options.write || options.quick)) {
      throw new UsageError("Cannot use --why together with --write or --quick: wanted one");
    }
    if (options.quick && options.write) {
      throw new UsageError("Cannot use --quick together with --write: it measures a few patterns");
    }
    const results = await measureAll({
      patterns: options.quick
        ? CHARTED
        : (options.why ? ABLATIONS : TABLE_1).map(({ name }) => name),
      passages,
      chart: options.chart || options.write,
    }, print);
    const lines = formatScores(results.table);
    if (options.why) {
      const long = results.table.filter(({ length }) => length === 4096);
      lines.push(
        "",
        "By distance from the border between two copies of the position table:",
        "",
        ...formatBorders(long),
      );
    }
    print("");
    [results.machine, describeTask(passages), "", ...lines].forEach((line) => print(line));
    if (options.write) await write(results, [describeTask(passages), "", ...lines]);
  });
}

async function measureAll(
  { patterns, passages, chart }: Plan,
  print: (line: string) => void,
): Promise<Results> {
  const wanted = patterns.flatMap((pattern) =>
    [512, 4096].map((length) => [pattern, length, passages, 1] as const)
  );
  const drawn = chart
    ? CHARTED.flatMap((pattern) =>
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
    machine: describeMachine(new Date()),
    table: all.slice(0, wanted.length),
    chart: all.slice(wanted.length),
  };
}

function describeTask(passages: number): string {
  return `Each row predicts the same masked tokens: 15 % of ${passages} passages of 4,096 tokens; ± is ` +
    "the standard error over passages.";
}

async function write(results: Results, lines: readonly string[]): Promise<void> {
  await Deno.writeTextFile(RESULTS, JSON.stringify(results) + "\n");
  await Deno.writeTextFile(CHART, drawBits(results.chart));
  const page = await Deno.readTextFile(PAGE);
  await Deno.writeTextFile(PAGE, replaceLines(page, "table1", [results.machine + ".", ...lines]));
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
