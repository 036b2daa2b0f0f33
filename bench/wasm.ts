/**
 * `deno task bench:wasm`: speed of the wasm backend relative to the machine's peak.
 *
 * @module
 */
import type { Command } from "../cli/arguments.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { choose } from "./choose.ts";
import { describeMachine } from "./machine.ts";
import { measurePeak } from "./peak.ts";
import { formatTable } from "./table.ts";
import { HEADINGS, type Row } from "./wasm/figure.ts";
import { FIGURES } from "./wasm/figures.ts";

const COMMAND = {
  name: "bench:wasm",
  summary:
    "Measures operations and whole encoders on wasm, in four minutes. Reached is the share " +
    "of the threads' peak speed, or the ratio that the line names.",
  options: {
    only: {
      type: "string",
      placeholder: "NAME,NAME",
      description: "Measure only figures with these names or prefixes.",
    },
    list: { type: "boolean", default: false, description: "Print the names." },
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
    const chosen = choose(FIGURES, values.only);
    if (values.list) {
      chosen.forEach(({ name }) => print(name));
      return;
    }
    const limit = await measurePeak();
    print(describeMachine(new Date()));
    print(`Peak of one thread, multiply-adds in registers: ${limit.toFixed(1)} GFLOPS\n`);
    const rows: Row[] = [];
    for (const { run } of chosen) rows.push(...await run(limit));
    formatTable(HEADINGS, rows).forEach((line) => print(line));
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
