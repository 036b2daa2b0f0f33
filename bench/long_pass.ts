/**
 * Script that `bench/length.ts` runs in a separate process for each length: a forward pass of
 * RoBERTa-base with random weights, LSG, on wasm.
 *
 * Arguments: tokens, data type, layers. Prints a {@linkcode LongPass} as JSON.
 *
 * @module
 */
import type { DataType } from "../ops/backend.ts";
import { WasmBackend } from "../wasm/mod.ts";
import { measureThreads } from "./busiest_thread.ts";
import { readProcessMemory } from "./process_memory.ts";
import { encode, openRoberta, VOCABULARY } from "./roberta_base.ts";

/** Measurements of a process. */
export interface LongPass {
  /** Tokens of the pass. */
  readonly tokens: number;
  /** Seconds that passed. */
  readonly seconds: number;
  /** Seconds that all threads ran, together. */
  readonly busy: number;
  /** Peak memory of the process, in 2²⁰ bytes. */
  readonly megabytes: number;
}

/** Enough tokens to warm up every kernel. */
const WARM_UP = 512;

async function main([count, dtype, layers]: readonly string[]): Promise<LongPass> {
  const tokens = Number(count);
  const device = await WasmBackend.open({ dtype: dtype as DataType });
  const model = await openRoberta(device, tokens, "LSG", Number(layers));
  await encode(model, WARM_UP, VOCABULARY);
  const { passed, threads } = await measureThreads(() => encode(model, tokens, VOCABULARY));
  const busy = threads.reduce((a, b) => a + b);
  const megabytes = readProcessMemory().peak;
  return { tokens, seconds: passed, busy, megabytes };
}

if (import.meta.main) {
  console.log(JSON.stringify(await main(Deno.args)));
  Deno.exit();
}
