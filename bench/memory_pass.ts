/**
 * Script that `bench/memory.ts` runs: memory of the process during one pass of a checkpoint.
 *
 * @module
 */
import { AutoModel } from "../mod.ts";
import type { DataType } from "../ops/backend.ts";
import { WasmBackend } from "../wasm/mod.ts";
import { encode, VOCABULARY } from "./roberta_base.ts";
import { readProcessMemory } from "./process_memory.ts";

/** Memory of a process in megabytes. */
export interface MemoryFigures {
  /** Memory of the backend after loading. */
  readonly weights: number;
  /** Memory of the process after loading. */
  readonly loaded: number;
  /** Peak memory while loading. */
  readonly loading: number;
  /** Peak memory after a pass whose output is read. */
  readonly peak: number;
}

const [folder, tokens, dtype] = Deno.args;
const device = await WasmBackend.open({ threads: 2, dtype: dtype as DataType });
const model = await AutoModel.from_pretrained(folder, { device });
const weights = device.memory().bytes / 2 ** 20;
const { resident: loaded, peak: loading } = readProcessMemory();
await encode(model, Number(tokens), VOCABULARY);
const { peak } = readProcessMemory();
console.log(JSON.stringify({ weights, loaded, loading, peak } satisfies MemoryFigures));
Deno.exit();
