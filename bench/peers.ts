/**
 * `deno task bench:peers`: this library beside others that compute the same.
 *
 * @module
 */
import type { Command } from "../cli/arguments.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { choose } from "./choose.ts";
import { machineLine } from "./machine.ts";
import { peak } from "./peak.ts";
import { peersReport } from "./peers/report.ts";
import { readResults, type Results, writeResults } from "./peers/results.ts";
import { runSubject } from "./peers/run_subject.ts";
import { CACHE, SUBJECTS } from "./peers/subjects.ts";

const COMMAND = {
  name: "bench:peers",
  summary: "Measures this library and its peers, each in a process of its own, on two threads. " +
    "LSG_PEERS_PYTHON names the Python that has tools/requirements-peers.txt; python3 if absent.",
  options: {
    only: {
      type: "string",
      placeholder: "NAME,NAME",
      description: "Only subjects whose names begin so; the others keep their last results.",
    },
    last: { type: "boolean", default: false, description: "Measures nothing: the last results." },
    write: {
      type: "boolean",
      default: false,
      description: "Also writes the tables to bench/PEERS.md.",
    },
    list: { type: "boolean", default: false, description: "Prints the names." },
  },
} as const satisfies Command;

const RESULTS = `${CACHE}/results.json`;

const INTRODUCTION = `# Beside others

\`deno task bench:peers --write\`: RoBERTa-base encoders have random weights, one sequence and two
threads; each line is the median of three passes after one that warms up (16,384 tokens: one pass),
in a process of its own. Peak MB is the most memory of that process, its weights and runtime
included. The probe is what one thread reached just before in multiply-adds in SIMD128 registers, in
GFLOPS: the limit of WebAssembly on that machine, and half of what AVX2 gives a native library. Where
it is low, the machine was shared. LSG is norm 128/128/2.
`;

/**
 * Runs the command.
 *
 * @param args Its arguments.
 * @param print Takes the lines of the output.
 * @returns The exit code: 0, or 2 for wrong arguments.
 */
export function main(args: string[], print: (line: string) => void): Promise<number> {
  return runDenoTask(COMMAND, args, print, async ({ values: options }) => {
    const chosen = choose(SUBJECTS, options.only);
    if (options.list) {
      chosen.forEach(({ name }) => print(name));
      return;
    }
    let results: Results = await readResults(RESULTS);
    for (const subject of options.last ? [] : chosen) {
      const limit = await peak();
      const outcome = await runSubject(subject, Deno.env.get("LSG_PEERS_PYTHON") ?? "python3");
      const result = { outcome, machine: machineLine(new Date()), peak: limit };
      results = { ...results, [subject.name]: result };
      await writeResults(RESULTS, results);
    }
    const lines = peersReport(results);
    lines.forEach((line) => print(line));
    if (options.write) {
      const file = new URL("PEERS.md", import.meta.url);
      await Deno.writeTextFile(file, [INTRODUCTION, ...lines, ""].join("\n"));
    }
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
