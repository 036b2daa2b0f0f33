/**
 * What `bench/memory.ts` starts: one pass of RoBERTa-base, and how much memory the process had.
 *
 * @module
 */
import { drawParameters, modelParameters, parseConfig, type Weights } from "../checkpoint/mod.ts";
import { EncoderModel, loadParts } from "../models/mod.ts";
import { Random } from "../random.ts";
import { WasmBackend } from "../wasm/mod.ts";

/** Megabytes of a process at some time. */
export interface MemoryFigures {
  /** What the backend says that it holds after loading. */
  readonly weights: number;
  /** The process's largest memory so far when the model is loaded. */
  readonly loaded: number;
  /** The same after the pass. */
  readonly peak: number;
}

/** The largest memory that this process ever had. */
function peak(): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  return Number(status.match(/^VmHWM:\s*(\d+) kB$/m)![1]) / 1024;
}

const tokens = Number(Deno.args[0]);
const config = parseConfig({
  model_type: "roberta",
  base_model_prefix: "lsg",
  max_position_embeddings: tokens + 2,
});
const parameters = new Map(modelParameters(config, "Model").map((each) => [each.name, each]));
/** Drawn one by one, as a file is read, so that nothing else keeps them. */
const weights: Weights = {
  names: () => [...parameters.keys()],
  has: (name) => parameters.has(name),
  dims: (name) => [...parameters.get(name)!.dims],
  load: (name) => drawParameters([parameters.get(name)!], 0.02, new Random(0)).load(name),
};
const device = await WasmBackend.open({ threads: 2 });
const model = new EncoderModel(await loadParts(config, weights, { device }));
const figures = { weights: device.memory().bytes / 2 ** 20, loaded: peak() };
const input_ids = [Array.from({ length: tokens }, (_, i) => 5 + i * 7919 % 50_000)];
const { last_hidden_state } = await model({ input_ids });
await last_hidden_state.getData();
console.log(JSON.stringify({ ...figures, peak: peak() } satisfies MemoryFigures));
Deno.exit();
