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
import { bayesRows, drawRows, formatRows, readerRows } from "./report.ts";
import { isRunOf, readRuns, runJobs } from "./run_jobs.ts";
import { baseOf, type Job, type Run } from "./train_reader.ts";

/** Trainings of each reader. */
const SEEDS = 3;

/** Times that a reader reads each training passage. */
const EPOCHS = 2;

const OPTIONS = {
  quick: {
    type: "boolean",
    default: false,
    description: "Train one reader on two passages: shows that it runs, and nothing else.",
  },
  seeds: {
    type: "number",
    description: `Number of trainings of each reader; ${SEEDS} if absent.`,
  },
  readers: {
    type: "string",
    placeholder: "NAMES",
    description: "Names of readers, separated by commas; all if absent.",
  },
  epochs: {
    type: "number",
    description: `Times that a reader reads each training passage; ${EPOCHS} if absent; in ` +
      "table2 the reader of 512 tokens that the others start from does so, too.",
  },
  report: {
    type: "boolean",
    default: false,
    description: "Train nothing; print the table of all results so far.",
  },
  write: {
    type: "boolean",
    default: false,
    description: "Write tables and charts of all results so far to bench/table2/.",
  },
} as const satisfies Command["options"];

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
  /** What is added to the table. */
  readonly explain?: (passages: Passages, runs: readonly Run[]) => Explanation;
}

/** What explains a table. */
export interface Explanation {
  /** Lines below it. */
  readonly lines: readonly string[];
  /** SVG documents by the end of their names. */
  readonly charts: Readonly<Record<string, string>>;
}

interface Settings {
  readonly seeds: number;
  readonly epochs: number;
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
    const { quick, write, report, readers, seeds, epochs } = options;
    requireCount("--seeds", seeds, 1);
    requireCount("--epochs", epochs, 1);
    const given = Object.entries({ write, report, readers, seeds, epochs })
      .filter(([, value]) => value !== undefined && value !== false).map(([name]) => `--${name}`);
    if (quick && given.length > 0) {
      throw new UsageError(`Cannot use --quick together with ${given.join(", ")}: wanted it alone`);
    }
    if (report && readers !== undefined) {
      throw new UsageError("Cannot use --report together with --readers: wanted one");
    }
    if (quick) return await runQuick(task, print);
    const chosen = chooseReaders(task.readers, readers?.split(","));
    const settings = { seeds: seeds ?? SEEDS, epochs: epochs ?? EPOCHS };
    if (!report) {
      await Deno.mkdir(FILES.cache, { recursive: true });
      await runJobs(jobsOf(chosen, settings), FILES, print);
    }
    await showResults(task, settings, write, print);
  });
}

/** Trains on a handful of passages, in a folder that is removed at the end. */
async function runQuick(task: ReadersTask, print: (line: string) => void): Promise<void> {
  const passages = takeFew(await readPassages(), FEW);
  const readers = chooseReaders(task.readers, task.quick);
  const cache = await Deno.makeTempDir();
  try {
    const jobs = jobsOf(readers, { seeds: 1, epochs: 1 }, FEW);
    const runs = await runJobs(jobs, { results: `${cache}/results.json`, cache }, print);
    print("");
    formatRows(readerRows([BASE, ...readers], runs), passages).forEach((line) => print(line));
    print(
      `\nTrained on ${passages.train.length} passages and asked about as many: these figures show ` +
        "that it runs, and say nothing about readers.",
    );
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

/** Prints, and writes on request, the table of all finished trainings with these epochs. */
async function showResults(
  task: ReadersTask,
  { seeds, epochs }: Settings,
  write: boolean,
  print: (line: string) => void,
): Promise<void> {
  const all = await readPassages();
  const wanted = jobsOf(task.readers, { seeds: Math.max(seeds, SEEDS), epochs });
  const runs = (await readRuns(FILES.results)).filter((run) =>
    wanted.some((job) => isRunOf(run, job))
  );
  const rows = [...bayesRows(all), ...readerRows([BASE, ...task.readers], runs)];
  const explanation = task.explain?.(all, runs);
  const lines = [
    describe(runs, wanted, all),
    "",
    ...formatRows(rows, all),
    ...explanation ? ["", ...explanation.lines] : [],
  ];
  ["", ...lines].forEach((line) => print(line));
  if (!write) return;
  await writeReport(task.name, lines, {
    "": drawRows(task.title, rows, all),
    ...explanation?.charts,
  });
}

/** All trainings of some readers, seed by seed, each seed's common start first. */
function jobsOf(
  readers: readonly Reader[],
  { seeds, epochs }: Settings,
  few?: Job["few"],
): Job[] {
  return Array.from({ length: seeds }, (_, seed) => seed).flatMap((seed) => {
    const jobs = readers.map(({ name, starts }): Job => ({
      reader: name,
      seed,
      epochs,
      baseEpochs: starts === "base" ? epochs : 0,
      few,
    }));
    const started = jobs.find((job) => job.baseEpochs > 0);
    return [...(started ? [baseOf(started)] : []), ...jobs];
  });
}

function chooseReaders(
  readers: readonly Reader[],
  names: readonly string[] = readers.map(({ name }) => name),
): readonly Reader[] {
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
  const windows = "Readers of 512 tokens answer from the first of eight windows, by the vote of " +
    "all, and by the sum of their log-probabilities. ";
  return `${state}Micro F1 (the share of right answers) and macro F1, in per cent, ± standard error ` +
    `over seeds (runs), of ${passages.valid.length} passages of valid books and ` +
    `${passages.test.length} of test books. ${windows}` +
    `${epochs} epochs${baseEpochs > 0 ? ` after ${baseEpochs} of the common start` : ""}` +
    "; sec: seconds for 4,096 tokens of the fastest training; MB: peak memory of a training.";
}

async function writeReport(
  name: ReadersTask["name"],
  lines: readonly string[],
  charts: Explanation["charts"],
): Promise<void> {
  for (const [end, svg] of Object.entries(charts)) {
    await Deno.writeTextFile(new URL(`${name}${end}.svg`, FOLDER), svg);
  }
  const page = await Deno.readTextFile(PAGE);
  const machine = `${describeMachine(new Date())}.`;
  await Deno.writeTextFile(PAGE, replaceLines(page, name, [machine, ...lines]));
}
