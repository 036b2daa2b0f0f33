/**
 * What `bench/memory.ts` starts: one pass of a checkpoint, and how much memory the process had.
 *
 * @module
 */
import { AutoModel } from "../mod.ts";
import { WasmBackend } from "../wasm/mod.ts";
import { encode, WORDS } from "./roberta_base.ts";
import { processMemory } from "./process_memory.ts";

/** Megabytes of a process. */
export interface MemoryFigures {
  /** What the backend says that it holds after loading. */
  readonly weights: number;
  /** What the process has when the model is loaded. */
  readonly loaded: number;
  /** The most that it had until then. */
  readonly loading: number;
  /** The most that it had when a pass is done and its output is read. */
  readonly peak: number;
}

const [folder, tokens] = Deno.args;
const device = await WasmBackend.open({ threads: 2 });
const model = await AutoModel.from_pretrained(folder, { device });
const weights = device.memory().bytes / 2 ** 20;
const { resident: loaded, peak: loading } = processMemory();
await encode(model, Number(tokens), WORDS);
const { peak } = processMemory();
console.log(JSON.stringify({ weights, loaded, loading, peak } satisfies MemoryFigures));
Deno.exit();
