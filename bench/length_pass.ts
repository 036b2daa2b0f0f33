/**
 * Script that `bench/length.ts` runs in a separate process for each pattern and length: forward
 * passes of the embedded model.
 *
 * Arguments: pattern, tokens, device, repeats. Prints a {@linkcode Pass} as JSON.
 *
 * @module
 */
import type { BackendName } from "../ops/backend.ts";
import { LENGTH_MODELS } from "./length_models.ts";
import { measure } from "./measure.ts";
import { findByName } from "./find_by_name.ts";
import { readProcessMemory } from "./process_memory.ts";
import { encode } from "./roberta_base.ts";

/** Measurements of a process. */
export interface Pass {
  /** Name of the pattern. */
  readonly pattern: string;
  /** Tokens per pass. */
  readonly tokens: number;
  /** Median seconds per pass. */
  readonly seconds: number;
  /** Peak memory of the process beyond that with the loaded model, in 2²⁰ bytes. */
  readonly megabytes: number;
}

/** Token ids that are used, of 8,192. */
const VOCABULARY = 8000;

/** Enough tokens to warm up every kernel. */
const WARM_UP = 512;

async function main([pattern, count, device, repeats]: readonly string[]): Promise<Pass> {
  const tokens = Number(count);
  const { globals, open } = findByName(LENGTH_MODELS, pattern);
  const model = await open(device as BackendName, tokens);
  const loaded = readProcessMemory().resident;
  const pass = (count: number) => encode(model, count, VOCABULARY, globals);
  await pass(Math.min(tokens, WARM_UP));
  const [seconds] = await measure([() => pass(tokens)], {
    warmups: 0,
    repeats: Number(repeats),
  });
  const megabytes = readProcessMemory().peak - loaded;
  model.dispose();
  return { pattern, tokens, seconds, megabytes };
}

if (import.meta.main) {
  console.log(JSON.stringify(await main(Deno.args)));
  Deno.exit();
}
