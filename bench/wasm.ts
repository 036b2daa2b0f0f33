/**
 * `deno task bench:wasm`: the wasm floor's figures beside the machine's peak.
 *
 * @module
 */
import type { Command } from "../cli/arguments.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { choose } from "./choose.ts";
import { machineLine } from "./machine.ts";
import { peak } from "./peak.ts";
import { formatTable } from "./table.ts";
import { HEADINGS, type Row } from "./wasm/figure.ts";
import { FIGURES } from "./wasm/figures.ts";

const COMMAND = {
  name: "bench:wasm",
  summary:
    "Measures operations and whole encoders on wasm, in four minutes. Reached is the share " +
    "of what the threads do at best, or the ratio that is named.",
  options: {
    only: {
      type: "string",
      placeholder: "NAME,NAME",
      description: "Only figures whose names begin so.",
    },
    list: { type: "boolean", default: false, description: "Prints the names." },
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
    const chosen = choose(FIGURES, values.only);
    if (values.list) {
      chosen.forEach(({ name }) => print(name));
      return;
    }
    const limit = await peak();
    print(machineLine(new Date()));
    print(`Peak of a thread, multiply-adds in registers: ${limit.toFixed(1)} GFLOPS\n`);
    const rows: Row[] = [];
    for (const { run } of chosen) rows.push(...await run(limit));
    formatTable(HEADINGS, rows).forEach((line) => print(line));
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
