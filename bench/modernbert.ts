/**
 * `deno task bench:modernbert`: what a layer of ModernBERT-base costs a token, over length.
 *
 * @module
 */
import type { Command } from "../cli/arguments.ts";
import { requireCount } from "../cli/choice.ts";
import { runDenoTask } from "../cli/run_deno_task.ts";
import { WasmBackend } from "../wasm/mod.ts";
import { measureBusiest } from "./busiest_thread.ts";
import { describeMachine } from "./machine.ts";
import { median } from "./measure.ts";
import {
  countModernBertFlop,
  MODERNBERT_BASE,
  type ModernBertLayer,
  openModernBert,
} from "./modernbert_base.ts";
import { measurePeak } from "./peak.ts";
import { readProcessMemory } from "./process_memory.ts";
import { readCounts } from "./read_counts.ts";
import { encode, VOCABULARY } from "./roberta_base.ts";
import { formatTable } from "./table.ts";

const COMMAND = {
  name: "bench:modernbert",
  summary:
    "Measures a local, a full and an LSG layer of ModernBERT-base on wasm with two threads: " +
    "milliseconds per 1,000 tokens of the busiest thread, medians of interleaved passes.",
  options: {
    tokens: {
      type: "string",
      placeholder: "N,N",
      default: "2048,8192,32768",
      description: "Lengths; full layers are measured up to 8,192.",
    },
    repeats: { type: "number", default: 5, placeholder: "N", description: "Measured passes." },
    whole: {
      type: "boolean",
      default: false,
      description:
        "Measure all 22 layers instead, LSG in place of the full ones, one pass of each " +
        "length in fp32 and q8.",
    },
  },
} as const satisfies Command;

const KINDS: readonly ModernBertLayer[] = ["local", "LSG", "full"];
const MOST_FULL = 8192;

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
    const repeats = requireCount("--repeats", values.repeats, 1);
    const peak = await measurePeak();
    print(describeMachine(new Date()));
    print(`Peak of one thread, multiply-adds in registers: ${peak.toFixed(1)} GFLOPS\n`);
    if (values.whole) return await measureWhole(lengths, print);
    const device = await WasmBackend.open({ threads: 2 });
    const rows: string[][] = [];
    for (const kind of KINDS) {
      using model = await openModernBert(device, [kind]);
      const measured = lengths.filter((tokens) => kind !== "full" || tokens <= MOST_FULL);
      const times: number[][] = measured.map(() => []);
      for (let i = -1; i < repeats; i++) {
        for (const [which, tokens] of measured.entries()) {
          const seconds = await measureBusiest(() => encode(model, tokens, VOCABULARY));
          if (i >= 0) times[which].push(seconds);
        }
      }
      const perToken = times.map((each, i) => median(each) / measured[i]);
      measured.forEach((tokens, i) =>
        rows.push([
          kind,
          tokens.toLocaleString("en"),
          (1e6 * perToken[i]).toFixed(1),
          (perToken[i] / perToken[0]).toFixed(2),
          (countModernBertFlop(tokens, [kind]) / perToken[i] / tokens / 2e9).toFixed(1),
        ])
      );
    }
    device.dispose();
    const headings = ["layer", "tokens", "ms / 1,000 tokens", "÷ shortest", "GFLOPS a thread"];
    formatTable(headings, rows).forEach((line) => print(line));
  });
}

/** Passes of the whole model, by the clock. */
async function measureWhole(lengths: readonly number[], print: (line: string) => void) {
  const layers = MODERNBERT_BASE.map((layer) => layer === "full" ? "LSG" : layer);
  const rows: string[][] = [];
  for (const dtype of ["fp32", "q8"] as const) {
    const device = await WasmBackend.open({ threads: 2, dtype });
    using model = await openModernBert(device, layers);
    await encode(model, 256, VOCABULARY); // A first pass compiles.
    let shortest: number | undefined;
    for (const tokens of lengths) {
      const before = performance.now();
      await encode(model, tokens, VOCABULARY);
      const seconds = (performance.now() - before) / 1000;
      shortest ??= seconds / tokens;
      rows.push([
        dtype,
        tokens.toLocaleString("en"),
        seconds.toFixed(2),
        (1e6 * seconds / tokens).toFixed(0),
        (seconds / tokens / shortest).toFixed(2),
        readProcessMemory().peak.toFixed(0),
      ]);
    }
    device.dispose();
  }
  const headings = ["dtype", "tokens", "s", "ms / 1,000 tokens", "÷ shortest", "peak MB so far"];
  formatTable(headings, rows).forEach((line) => print(line));
}

if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
