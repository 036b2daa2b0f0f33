/**
 * `deno task bench:memory`: memory of RoBERTa-base with LSG attention, with each length in a separate
 * process, and of the embedded model over many passes.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import type { Command } from "../cli/arguments.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { describeMachine } from "./machine.ts";
import type { MemoryFigures } from "./memory_pass.ts";
import { runJson } from "./own_process.ts";
import { makeRoberta } from "./peers/checkpoints.ts";
import { formatTable } from "./table.ts";
import { planRoberta } from "./training_memory.ts";

const EMBEDDED = fromFileUrl(new URL("../demo/model", import.meta.url));
const LENGTHS = [4096, 16384];
const DATA_TYPES = ["fp32", "q8"];
const REPEATED_LENGTHS = [512, 4096];
const PASSES = [1, 20, 50, 100, 150, 200];

const PASS = new URL("./memory_pass.ts", import.meta.url);
const COMMAND = {
  name: "bench:memory",
  summary: "Measures the memory of RoBERTa-base with LSG attention, and of many passes.",
  options: {},
} as const satisfies Command;

const REPEATS = new URL("./memory_repeats.ts", import.meta.url);

/** Measures the memory of one pass with each data type. */
async function measurePasses(tokens: number): Promise<string[][]> {
  const folder = await Deno.makeTempDir();
  try {
    await makeRoberta(folder, { tokens, hasLsg: true, dtype: "fp32" });
    const rows: string[][] = [];
    for (const dtype of DATA_TYPES) {
      const { weights, loaded, loading, peak } = await runJson(PASS, [
        folder,
        String(tokens),
        dtype,
      ]) as MemoryFigures;
      const [length, ...numbers] = formatRow(
        tokens,
        weights,
        loaded,
        loading,
        peak,
        peak - weights,
      );
      rows.push([length, dtype, ...numbers]);
    }
    return rows;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function formatRow(...numbers: number[]): string[] {
  return numbers.map((n) => Math.round(n).toLocaleString("en"));
}

/** Measures and prints the tables. */
async function measureMemory(print: (line: string) => void): Promise<void> {
  print(describeMachine(new Date()));
  print("RoBERTa-base, random weights, LSG 128/128/2 norm, two threads; MB\n");
  const rows: string[][] = [];
  for (const tokens of LENGTHS) rows.push(...await measurePasses(tokens));
  const stages = ["loaded", "peak while loading", "peak after a pass", "beyond weights"];
  for (const line of formatTable(["tokens", "dtype", "weights", ...stages], rows)) print(line);

  print(`\nTraining it on 1 × ${LENGTHS[0]} tokens, planned; MB\n`);
  const trainings = (await planRoberta(LENGTHS[0])).map(({ trainable, checkpoint, memory }) => {
    const { held, gradients, moments, kept, peak } = memory;
    const numbers = [held, gradients, moments, kept, peak].map((bytes) => bytes / 2 ** 20);
    return [trainable, String(checkpoint), ...formatRow(...numbers)];
  });
  const purposes = ["weights", "gradients", "moments", "kept", "peak"];
  for (const line of formatTable(["trained", "checkpoints", ...purposes], trainings)) print(line);

  print("\nThe embedded model, LSG 128/128/2 norm, two threads; MB after a number of passes\n");
  const repeats: string[][] = [];
  for (const tokens of REPEATED_LENGTHS) {
    const figures = await runJson(REPEATS, [EMBEDDED, ...[tokens, ...PASSES].map(String)]);
    repeats.push(formatRow(tokens, ...figures as number[]));
  }
  for (const line of formatTable(["tokens", ...PASSES.map(String)], repeats)) print(line);
}

/**
 * Runs the command.
 *
 * @param args Command-line arguments.
 * @param print Called with each line of output.
 * @returns The exit code: 0, or 2 for invalid arguments.
 */
export function main(args: readonly string[], print: (line: string) => void): Promise<number> {
  return runDenoTask(COMMAND, args, print, () => measureMemory(print));
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
