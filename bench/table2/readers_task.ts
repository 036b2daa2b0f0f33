/**
 * What `deno task table2` and `deno task globals` share: options, jobs, output.
 *
 * @module
 */
import { type Command, UsageError } from "../../cli/arguments.ts";
import { requireCount } from "../../cli/choice.ts";
import { runDenoTask } from "../../cli/run_deno_task.ts";
import { fromFileUrl } from "@std/path";
import { describeMachine } from "../machine.ts";
import { replaceLines } from "../replace_lines.ts";
import { type Passages, readPassages, takeFew } from "./passages.ts";
import { BASE, type Reader } from "./readers.ts";
import { bayesRows, drawRows, formatRows, readerRows, type Row } from "./report.ts";
import { isRunOf, readRuns, runJobs } from "./run_jobs.ts";
import { baseOf, type Job, type Run } from "./train_reader.ts";

const OPTIONS = {
  quick: {
    type: "boolean",
    default: false,
    description: "Train a few readers on a handful of passages: shows that it runs, nothing else.",
  },
  seeds: { type: "number", default: 3, description: "Number of trainings of each reader." },
  readers: {
    type: "string",
    placeholder: "NAMES",
    description: "Names of readers, separated by commas; absent: all.",
  },
  epochs: {
    type: "number",
    default: 2,
    description: "Times that each reader reads each training passage.",
  },
  base_epochs: {
    type: "number",
    default: 2,
    description: "The same for the 512-token reader that the others start from.",
  },
  report: {
    type: "boolean",
    default: false,
    description: "Train nothing: print the table of the results so far.",
  },
  write: {
    type: "boolean",
    default: false,
    description: "Write table and chart of the results so far to bench/table2/.",
  },
} as const;

/** A task. */
export interface ReadersTask {
  /** Its name, also of its marks in the page and of its chart. */
  readonly name: "table2" | "globals";
  /** Summary for `--help`. */
  readonly summary: string;
  /** Title of the chart. */
  readonly title: string;
  /** Its rows. */
  readonly readers: readonly Reader[];
  /** Names of the readers of a quick run. */
  readonly quick: readonly string[];
}

const FOLDER = new URL("./", import.meta.url);
const PAGE = new URL("README.md", FOLDER);

/** Passages of a quick run. */
const FEW = { authors: 2, passages: 1 };

/** Results of trainings and their cache; both are kept between runs. */
const FILES = {
  results: fromFileUrl(new URL("results.json", FOLDER)),
  cache: fromFileUrl(new URL("../../.cache/table2", FOLDER)),
};

/**
 * Runs a task.
 *
 * @param task Which one.
 * @param args Command-line arguments.
 * @param print Called with each line of output.
 * @returns The exit code: 0, or 2 for invalid arguments.
 */
export function runReadersTask(
  task: ReadersTask,
  args: readonly string[],
  print: (line: string) => void,
): Promise<number> {
  const command: Command<typeof OPTIONS> = { ...task, options: OPTIONS };
  return runDenoTask(command, args, print, async ({ values: options }) => {
    const { quick, write, report } = options;
    const seeds = requireCount("--seeds", options.seeds, 1);
    const epochs = requireCount("--epochs", options.epochs, 1);
    const baseEpochs = requireCount("--base-epochs", options.base_epochs, 1);
    if (quick && (write || report)) {
      throw new UsageError("Cannot use --quick together with --write or --report: wanted one");
    }
    const readers = chooseReaders(
      task.readers,
      options.readers ?? (quick ? task.quick : undefined),
    );
    const all = await readPassages();
    if (quick) {
      const passages = takeFew(all, FEW);
      const jobs = jobsOf(readers, { seeds: 1, epochs: 1, baseEpochs: 1 }, FEW);
      const cache = await Deno.makeTempDir();
      try {
        const runs = await runJobs(jobs, { results: `${cache}/results.json`, cache }, print);
        print("");
        formatRows(readerRows([BASE, ...readers], runs), passages).forEach((line) => print(line));
        print(
          `\nTrained on ${passages.train.length} passages and asked about as many: these figures ` +
            "show that it runs, and say nothing about readers.",
        );
      } finally {
        await Deno.remove(cache, { recursive: true });
      }
      return;
    }
    const jobs = jobsOf(readers, { seeds, epochs, baseEpochs });
    await Deno.mkdir(FILES.cache, { recursive: true });
    const runs = report ? await readRuns(FILES.results) : await runJobs(jobs, FILES, print);
    const wanted = jobsOf(task.readers, { seeds, epochs, baseEpochs });
    const finished = runs.filter((run) => wanted.some((job) => isRunOf(run, job)));
    const rows = [...bayesRows(all), ...readerRows([BASE, ...task.readers], finished)];
    const lines = [describe(finished, wanted, all), "", ...formatRows(rows, all)];
    ["", ...lines].forEach((line) => print(line));
    if (write) await writeReport(task, rows, lines, all);
  });
}

/** All trainings of some readers, seed by seed, each seed's common start first. */
function jobsOf(
  readers: readonly Reader[],
  { seeds, epochs, baseEpochs }: { seeds: number; epochs: number; baseEpochs: number },
  few?: Job["few"],
): Job[] {
  return Array.from({ length: seeds }, (_, seed) => seed).flatMap((seed) => {
    const jobs = readers.map(({ name, starts }): Job => ({
      reader: name,
      seed,
      epochs,
      baseEpochs: starts === "base" ? baseEpochs : 0,
      few,
    }));
    const started = jobs.find((job) => job.baseEpochs > 0);
    return [...(started ? [baseOf(started)] : []), ...jobs];
  });
}

function chooseReaders(
  readers: readonly Reader[],
  given: string | readonly string[] | undefined,
): readonly Reader[] {
  if (given === undefined) return readers;
  const names = typeof given === "string" ? given.split(",") : given;
  const unknown = names.filter((name) => !readers.some((reader) => reader.name === name));
  if (unknown.length > 0) {
    throw new UsageError(
      `Cannot use --readers ${unknown.join(",")}: wanted some of ` +
        readers.map(({ name }) => name).join(","),
    );
  }
  return readers.filter(({ name }) => names.includes(name));
}

function describe(runs: readonly Run[], wanted: readonly Job[], passages: Passages): string {
  const state = runs.length < wanted.length
    ? `PARTIAL: ${runs.length} of ${wanted.length} trainings. `
    : "";
  const [{ epochs, baseEpochs }] = wanted.slice(-1);
  return `${state}Micro F1 (the share of right answers) and macro F1, in per cent, ± standard error ` +
    `over seeds (runs), of ${passages.valid.length} passages of valid books and ` +
    `${passages.test.length} of test books. Readers of 512 tokens answer from the first of eight ` +
    "windows, by the vote of all, and by the sum of their log-probabilities. " +
    `${epochs} epochs` + (baseEpochs > 0 ? ` after ${baseEpochs} of the common start` : "") +
    "; sec: seconds of training for 4,096 tokens; MB: peak memory of a training.";
}

async function writeReport(
  { name, title }: ReadersTask,
  rows: readonly Row[],
  lines: readonly string[],
  passages: Passages,
): Promise<void> {
  await Deno.writeTextFile(new URL(`${name}.svg`, FOLDER), drawRows(title, rows, passages));
  const page = await Deno.readTextFile(PAGE);
  const machine = `${describeMachine(new Date())}.`;
  await Deno.writeTextFile(PAGE, replaceLines(page, name, [machine, ...lines]));
}
