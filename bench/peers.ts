/**
 * `deno task bench:peers`: comparison with other libraries.
 *
 * @module
 */
import type { Command } from "../cli/arguments.ts";
import { requireCount } from "../cli/choice.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { choose } from "./choose.ts";
import { describeMachine } from "./machine.ts";
import { measurePeak } from "./peak.ts";
import { combineOutcomes, type Outcome } from "./peers/outcome.ts";
import { formatReport } from "./peers/report.ts";
import { readResults, type Results, writeResults } from "./peers/results.ts";
import { runSubject } from "./peers/run_subject.ts";
import { CACHE, SUBJECTS } from "./peers/subjects.ts";

const COMMAND = {
  name: "bench:peers",
  summary: "Measures this library and its peers, each in a separate process on two threads. " +
    "LSG_PEERS_PYTHON is the Python with tools/requirements-peers.txt; python3 if absent.",
  options: {
    only: {
      type: "string",
      placeholder: "NAME,NAME",
      description: "Measure only subjects with these names or prefixes; others keep their results.",
    },
    rounds: {
      type: "number",
      default: 1,
      description: "Runs of all subjects, one after the other, of which medians are taken.",
    },
    last: {
      type: "boolean",
      default: false,
      description: "Print the last results without measuring.",
    },
    write: {
      type: "boolean",
      default: false,
      description: "Also write the tables to bench/PEERS.md.",
    },
    list: { type: "boolean", default: false, description: "Print the names." },
  },
} as const satisfies Command;

const RESULTS = `${CACHE}/results.json`;

const INTRODUCTION = `# Comparison with other libraries

\`deno task bench:peers --write\`: RoBERTa-base encoders with random weights, one sequence and two
threads. Each line is the median of three passes after a warm-up pass (16,384 tokens and ModernBERT:
one pass without a warm-up, which is slower), in a separate process; \`--rounds\` runs all of them
several times, interleaved, for the median of those medians. s is seconds a pass, first the time from
the start of the process to the end of its first one. MB is the peak memory of that process, including
weights and runtime. The probe is the speed of one thread just before, for multiply-adds in SIMD128
registers, in GFLOPS: the limit of WebAssembly on the machine, and half that of a native library with
AVX2. Where it is low, the machine was shared.
LSG is norm 128/128/2. The Llama is a decoder of SmolLM-135M's shape, with random weights too.
`;

/**
 * Runs the command.
 *
 * @param args Command-line arguments.
 * @param print Called with each line of output.
 * @returns The exit code: 0, or 2 for invalid arguments.
 */
export function main(args: string[], print: (line: string) => void): Promise<number> {
  return runDenoTask(COMMAND, args, print, async ({ values: options }) => {
    const chosen = choose(SUBJECTS, options.only);
    const rounds = requireCount("--rounds", options.rounds, 1);
    if (options.list) {
      chosen.forEach(({ name }) => print(name));
      return;
    }
    let results: Results = await readResults(RESULTS);
    const python = Deno.env.get("LSG_PEERS_PYTHON") ?? "python3";
    const outcomes = new Map<string, Outcome[]>();
    for (let round = 0; round < (options.last ? 0 : rounds); round++) {
      for (const subject of chosen) {
        const peak = await measurePeak();
        const all = [...outcomes.get(subject.name) ?? [], await runSubject(subject, python)];
        outcomes.set(subject.name, all);
        const machine = describeMachine(new Date());
        const result = { outcome: combineOutcomes(all), machine, peak };
        results = { ...results, [subject.name]: result };
        await writeResults(RESULTS, results);
      }
    }
    const lines = formatReport(results);
    lines.forEach((line) => print(line));
    if (options.write) {
      const file = new URL("PEERS.md", import.meta.url);
      await Deno.writeTextFile(file, [INTRODUCTION, ...lines, ""].join("\n"));
    }
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
