/**
 * `deno task bench:peers`: this library beside others that compute the same.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { choose } from "./choose.ts";
import { machineLine } from "./machine.ts";
import { peak } from "./peak.ts";
import { peersReport } from "./peers/report.ts";
import { readResults, type Results, writeResults } from "./peers/results.ts";
import { runSubject } from "./peers/run_subject.ts";
import { CACHE, SUBJECTS } from "./peers/subjects.ts";

const USAGE = `Measures this library and its peers, each in a process of its own, on two threads.

deno task bench:peers [options]

  --only NAME,NAME  only subjects whose names begin so; the others keep their last results
  --last            measures nothing: the last results
  --write           also writes the tables to bench/PEERS.md
  --list            prints the names
  --help            this text

LSG_PEERS_PYTHON names the Python that has tools/requirements-peers.txt  (python3)`;

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
export async function main(args: string[], print: (line: string) => void): Promise<number> {
  const wrong: string[] = [];
  const options = parseArgs(args, {
    string: ["only"],
    boolean: ["last", "write", "list", "help"],
    unknown: (name: string) => {
      wrong.push(name);
      return false;
    },
  });
  const { chosen, unknown } = choose(SUBJECTS, options.only);
  wrong.push(...unknown.map((start) => `--only ${start}`));
  if (wrong.length > 0) print(`Cannot measure with ${wrong.join(", ")}\n`);
  if (options.help || wrong.length > 0) {
    print(USAGE);
    return wrong.length > 0 ? 2 : 0;
  }
  if (options.list) {
    chosen.forEach(({ name }) => print(name));
    return 0;
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
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
