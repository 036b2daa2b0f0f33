/**
 * `deno task bench:profile`: where a pass of RoBERTa-base spends its time, by operation and thread.
 *
 * @module
 */
import type { Command } from "../cli/arguments.ts";
import { chooseOne, requireCount } from "../cli/choice.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { DATA_TYPES } from "../tensor/data_type.ts";
import { WasmBackend } from "../wasm/mod.ts";
import { describeMachine } from "./machine.ts";
import { median } from "./measure.ts";
import { measureOwnPeak } from "./peak.ts";
import { formatProfile, headings } from "./profile/rows.ts";
import { TimedWorkers } from "./profile/timed_workers.ts";
import { readCounts } from "./read_counts.ts";
import { countAttendFlop, encode, openRoberta, VOCABULARY } from "./roberta_base.ts";
import { formatTable } from "./table.ts";

const COMMAND = {
  name: "bench:profile",
  summary:
    "Measures each operation of a pass of RoBERTa-base (random weights, LSG) on the threads of wasm. " +
    "Speed and share of the peak are those of the time that the threads ran, which other processes " +
    "disturb little; waiting is the rest of the time that passed, so it needs an idle machine. The " +
    "peak is measured before each operation, on all threads at once.",
  options: {
    tokens: {
      type: "string",
      placeholder: "N,N",
      default: "4096",
      description: "Lengths of the texts: multiples of 128.",
    },
    dtype: {
      type: "string",
      placeholder: "NAME",
      default: "fp32",
      description: `Data type of the weights: ${DATA_TYPES.join(", ")}.`,
    },
    threads: { type: "number", default: 2, description: "Number of threads; at least 2." },
    repeats: {
      type: "number",
      default: 1,
      description: "Passes of each length; the one that its threads ran shortest is shown.",
    },
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
    const lengths = readCounts("--tokens", values.tokens);
    const dtype = chooseOne("dtype", values.dtype, DATA_TYPES);
    const threads = requireCount("--threads", values.threads, 2);
    const repeats = requireCount("--repeats", values.repeats, 1);
    print(describeMachine(new Date()));
    const peak = await measureOwnPeak();
    print(`Peak of one thread alone: ${peak.toFixed(1)} GFLOPS, multiply-adds in registers\n`);
    using workers = new TimedWorkers(threads);
    const backend = await WasmBackend.open({ threads, dtype });
    const model = await openRoberta(backend, Math.max(...lengths), "LSG");
    await encode(model, lengths[0], VOCABULARY); // kernels are optimised, memory is touched
    await workers.take();
    for (const tokens of lengths) {
      const passes = [];
      for (let i = 0; i < repeats; i++) {
        const start = performance.now();
        await encode(model, tokens, VOCABULARY);
        const seconds = (performance.now() - start) / 1000;
        const calls = await workers.take();
        const busy = calls.flatMap(({ threads }) => threads).reduce((sum, t) => sum + t.busy, 0);
        passes.push({ seconds, calls, busy });
      }
      const { seconds, calls } = passes.reduce((a, b) => a.busy <= b.busy ? a : b);
      const beside = median(calls.map(({ peak }) => peak));
      print(
        `${tokens.toLocaleString("en")} tokens, ${dtype}: ${seconds.toFixed(3)} s; ` +
          `peak of a thread beside ${threads - 1} others: ${beside.toFixed(1)} GFLOPS`,
      );
      const attendFlop = countAttendFlop(tokens, "LSG");
      const rows = formatProfile(calls, attendFlop, seconds);
      for (const line of formatTable(headings(threads), rows)) print(line);
      print("");
    }
    model.dispose();
    backend.dispose();
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
