/**
 * `deno task bench:decode`: a decoder's step beside the time that reading its bytes takes.
 *
 * @module
 */
import { type Command, UsageError } from "../cli/arguments.ts";
import { requireCount } from "../cli/choice.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import type { DataType } from "../ops/backend.ts";
import { WasmBackend } from "../wasm/mod.ts";
import { openReadLoop, openReadThreads, READ_BYTES } from "./bandwidth.ts";
import { measureBusiest } from "./busiest_thread.ts";
import { choose } from "./choose.ts";
import { measureModel, MODEL_HEADINGS } from "./decode_model.ts";
import { DecodeStep } from "./decode_step.ts";
import { finish, randomFloats } from "./finish.ts";
import { describeMachine } from "./machine.ts";
import { median } from "./measure.ts";
import { formatTable } from "./table.ts";

const COMMAND = {
  name: "bench:decode",
  summary:
    "Measures a step of a decoder of BART-base's size on wasm, and a Llama of 135 million weights, " +
    "beside a loop that reads as many bytes. Times are those of the busiest thread, of the Llama " +
    "with those of the thread that records, medians of interleaved runs.",
  options: {
    only: {
      type: "string",
      placeholder: "NAME,NAME",
      description: "Measure only some: memory (the step), llama.",
    },
    memory: {
      type: "string",
      placeholder: "ROWS,ROWS",
      default: "4096,16384",
      description: "Rows of the document's memory.",
    },
    repeats: { type: "number", default: 9, placeholder: "N", description: "Measured steps." },
  },
} as const satisfies Command;

/** What is measured. */
const FIGURES = [{ name: "memory" }, { name: "llama" }] as const;

/** Tokens before the step. */
const PAST = 64;

/** The goals of issue 19 by rows of memory: 5 rows ÷ 1 row. */
const FIVE_BY_ONE: Readonly<Record<number, number>> = { 4096: 1.5, 16384: 1.35 };

/** Bytes of a weight. */
const SIZES = { fp32: 4, fp16: 2, q8: 1 } as const;

/** A backend, and the rows that are decoded on it. */
interface Subject {
  readonly dtype: DataType;
  readonly threads: number;
  readonly rows: number;
  /** The data type of the memory; absent: 32-bit floats. */
  readonly memory?: DataType;
}

const SUBJECTS: readonly Subject[] = [
  ...(["fp32", "q8", "fp16"] as const).flatMap((dtype) =>
    [1, 5].map((rows) => ({ dtype, threads: 1, rows }))
  ),
  ...(["fp16", "q8"] as const).flatMap((memory) =>
    [1, 5].map((rows) => ({ dtype: "q8" as const, threads: 1, rows, memory }))
  ),
  ...[1, 5].map((rows) => ({ dtype: "fp32" as const, threads: 2, rows })),
];

const nameOf = ({ dtype, threads, memory }: Subject) => `${dtype} ${threads} ${memory}`;

/** Measures all subjects, interleaved, and the read loop. */
async function measureSteps(memoryRows: number, repeats: number): Promise<string[][]> {
  const read = await openReadLoop();
  using readAtOnce = await openReadThreads(2);
  const steps = new Map<string, DecodeStep>();
  const runs: { run: () => Promise<unknown>; wake?: () => Promise<unknown> }[] = [
    { run: read },
    { run: readAtOnce },
  ];
  for (const subject of SUBJECTS) {
    const { dtype, threads, rows, memory } = subject;
    const step = steps.get(nameOf(subject)) ??
      new DecodeStep(await WasmBackend.open({ dtype, threads }), memoryRows, memory);
    steps.set(nameOf(subject), step);
    // Threads that have stopped meanwhile start before the step is measured.
    const one = randomFloats(step.backend, [1, 1, 1]);
    const wake = () => finish(step.backend, () => step.backend.add(one, one));
    runs.push({ run: () => step.run(rows, PAST), wake });
  }
  const times: number[][] = runs.map(() => []);
  for (let i = -2; i < repeats; i++) {
    for (const [which, { run, wake }] of runs.entries()) {
      await wake?.();
      const seconds = await measureBusiest(run);
      if (i >= 0) times[which].push(seconds);
    }
  }
  const bytes = SUBJECTS.map((subject) => steps.get(nameOf(subject))!.bytes(SIZES[subject.dtype]));
  steps.forEach(({ backend }) => backend.dispose());
  const [reading, readingAtOnce, ...measured] = times.map(median);
  const timeOf = (dtype: DataType, threads: number, rows: number, memory?: DataType) =>
    measured[
      SUBJECTS.findIndex((subject) =>
        nameOf(subject) === nameOf({ dtype, threads, rows, memory }) && subject.rows === rows
      )
    ];
  const head = [
    `memory of ${memoryRows.toLocaleString("en")} rows, read loop`,
    ...["1", (READ_BYTES / 1e6).toFixed(0), (reading * 1e3).toFixed(1)],
    ...[`${(READ_BYTES / reading / 1e9).toFixed(1)} GB/s`, ""],
  ];
  const each = SUBJECTS.map(({ dtype, threads, rows, memory }, i) => [
    `  ${rows} ${rows === 1 ? "row" : "rows"}, ${dtype}${memory ? `, memory ${memory}` : ""}`,
    ...[String(threads), (bytes[i] / 1e6).toFixed(0), (measured[i] * 1e3).toFixed(1)],
    `${(measured[i] * READ_BYTES / reading / bytes[i]).toFixed(2)} × reading`,
    dtype === "fp32" && threads === 1 && rows === 1 ? "≤ 1.30" : "",
  ]);
  const ratio = (
    what: string,
    value: number,
    wanted: string,
  ) => [`  ${what}`, "", "", "", value.toFixed(2), wanted];
  const [one, five] = [1, 5].map((rows) => timeOf("fp32", 1, rows));
  return [
    head,
    ...each,
    ratio("1 thread ÷ 2 threads, read loop", reading / readingAtOnce, "the limit of 1 row"),
    ratio("5 rows ÷ 1 row", five / one, `≤ ${FIVE_BY_ONE[memoryRows]?.toFixed(2) ?? "–"}`),
    ...[1, 5].map((rows) =>
      ratio(
        `1 thread ÷ 2 threads, ${rows} ${rows === 1 ? "row" : "rows"}`,
        timeOf("fp32", 1, rows) / timeOf("fp32", 2, rows),
        "≥ 1.60",
      )
    ),
    ...[undefined, "fp16" as const, "q8" as const].map((memory) =>
      ratio(
        `q8${memory ? `, memory ${memory}` : ""} ÷ fp32, 5 rows`,
        timeOf("q8", 1, 5, memory) / five,
        memoryRows === 4096 ? "≤ 0.60" : "",
      )
    ),
  ];
}

/**
 * Runs the command.
 *
 * @param args Command-line arguments.
 * @param print Called with each line of output.
 * @returns The exit code: 0, or 2 for invalid arguments.
 */
export function main(args: string[], print: (line: string) => void): Promise<number> {
  return runDenoTask(COMMAND, args, print, async ({ values }) => {
    const memories = values.memory.split(",").map(Number);
    if (!memories.every((rows) => Number.isInteger(rows) && rows >= 1 && rows <= 32_768)) {
      throw new UsageError(
        `Cannot use --memory ${values.memory}: wanted numbers of rows from 1 to 32768`,
      );
    }
    requireCount("--repeats", values.repeats, 1);
    const chosen = choose(FIGURES, values.only).map(({ name }) => name);
    print(describeMachine(new Date()));
    if (chosen.includes("memory")) {
      const rows: string[][] = [];
      for (const memory of memories) rows.push(...await measureSteps(memory, values.repeats));
      const headings = ["step", "threads", "MB", "ms", "reached", "wanted"];
      ["", ...formatTable(headings, rows)].forEach((line) => print(line));
    }
    if (chosen.includes("llama")) {
      const rows = await measureModel(values.repeats);
      ["", ...formatTable(MODEL_HEADINGS, rows)].forEach((line) => print(line));
    }
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
