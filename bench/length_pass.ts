/**
 * What `bench/length.ts` starts for each attention and length: passes of the embedded model in a
 * process of its own.
 *
 * Arguments: attention, tokens, device, repeats. Prints a {@linkcode Pass} as JSON.
 *
 * @module
 */
import type { BackendName } from "../ops/backend.ts";
import { LENGTH_MODELS } from "./length_models.ts";
import { measure } from "./measure.ts";
import { named } from "./named.ts";
import { processMemory } from "./process_memory.ts";
import { encode } from "./roberta_base.ts";

/** What a process measured. */
export interface Pass {
  /** The attention's name. */
  readonly pattern: string;
  /** Tokens of a pass. */
  readonly tokens: number;
  /** Median seconds of a pass. */
  readonly seconds: number;
  /** What the passes added to the process's memory, beyond the loaded model, in 2²⁰ bytes. */
  readonly megabytes: number;
}

/** Of the 8,192 that the model knows. */
const WORDS = 8000;

/** So many tokens bring all kernels to speed. */
const WARM_UP = 512;

async function main([pattern, count, device, repeats]: readonly string[]): Promise<Pass> {
  const tokens = Number(count);
  const { globals, open } = named(LENGTH_MODELS, pattern);
  const model = await open(device as BackendName, tokens);
  const pass = (count: number) => encode(model, count, WORDS, globals);
  await pass(Math.min(tokens, WARM_UP));
  const before = processMemory().resident;
  const [seconds] = await measure([() => pass(tokens)], {
    warmups: 0,
    repeats: Number(repeats),
  });
  const megabytes = Math.max(0, processMemory().peak - before);
  model.dispose();
  return { pattern, tokens, seconds, megabytes };
}

if (import.meta.main) {
  console.log(JSON.stringify(await main(Deno.args)));
  Deno.exit();
}
