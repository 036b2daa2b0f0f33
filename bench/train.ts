/**
 * `deno task bench:train`: a training step on wasm beside the machine's peak, and beside the published
 * package in PyTorch.
 *
 * @module
 */
import type { Command } from "../cli/arguments.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { choose } from "./choose.ts";
import { describeMachine } from "./machine.ts";
import { measureOwnPeak } from "./peak.ts";
import { runSubject } from "./peers/run_subject.ts";
import { type Subject, TRAIN_SUBJECTS } from "./peers/subjects.ts";
import { formatTable } from "./table.ts";
import { PHASES, type StepTimes } from "./train/step_times.ts";

const COMMAND = {
  name: "bench:train",
  summary: "Measures training steps of 1 × 4,096 tokens with two threads, ours and PyTorch's one " +
    "after the other. LSG_PEERS_PYTHON is a Python with tools/requirements-peers.txt.",
  options: {
    only: {
      type: "string",
      placeholder: "NAME,NAME",
      description: "Measure only subjects with these names or prefixes.",
    },
    list: { type: "boolean", default: false, description: "Print the names." },
  },
} as const satisfies Command;

/** Headings of the table. */
const HEADINGS = [
  ...["task", "implementation", "seconds", "busiest", ...PHASES, "tokens/s", "GFLOPS", "of peak"],
  ...["peak MB", "probe"],
];

/** Tokens of each step. */
const TOKENS = 4096;

/**
 * Formats the figures of a subject.
 *
 * @param subject The subject.
 * @param times What it measured.
 * @param peak GFLOPS of one thread at most.
 * @returns A row of the table.
 */
export function formatTimes(subject: Subject, times: StepTimes, peak: number): string[] {
  const { seconds, busiest, phases, megabytes } = times;
  const speed = subject.task.flop / busiest / 1e9;
  return [
    subject.task.name,
    subject.implementation,
    ...[seconds, busiest, ...phases].map((time) => time.toFixed(2)),
    (TOKENS / busiest).toFixed(0),
    speed.toFixed(0),
    `${(100 * speed / (2 * peak)).toFixed(0)} %`,
    megabytes?.toFixed(0) ?? "",
    peak.toFixed(1),
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
    const chosen = choose(TRAIN_SUBJECTS, values.only);
    if (values.list) {
      chosen.forEach(({ name }) => print(name));
      return;
    }
    print(describeMachine(new Date()));
    print("");
    const rows: string[][] = [];
    for (const subject of chosen) {
      const peak = await measureOwnPeak();
      const outcome = await runSubject(subject, Deno.env.get("LSG_PEERS_PYTHON") ?? "python3");
      if ("skipped" in outcome) print(`${subject.name}: ${outcome.skipped}`);
      else rows.push(formatTimes(subject, outcome as StepTimes, peak));
    }
    formatTable(HEADINGS, rows).forEach((line) => print(line));
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
