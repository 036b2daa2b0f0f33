/**
 * What `bench/memory.ts` starts: many passes of the embedded model, and the memory after some.
 *
 * @module
 */
import { AutoModelForMaskedLM } from "../mod.ts";
import { drawIds } from "./draw_ids.ts";
import { processMemory } from "./process_memory.ts";

const [folder, length, ...after] = Deno.args;
const tokens = Number(length);
const model = await AutoModelForMaskedLM.from_pretrained(folder, {
  device: "wasm",
  threads: 2,
  lsg: { max_sequence_length: 4096, block_size: 128, sparse_block_size: 128 },
});
const input_ids = [drawIds(tokens, 8000)];
const rows = [Array.from({ length: 20 }, (_, i) => Math.floor(i * tokens / 20))];
const passes = after.map(Number);
const figures: number[] = [];
for (let pass = 1; pass <= passes.at(-1)!; pass++) {
  const logits = await model.logitsAt({ input_ids }, rows);
  await logits.getData();
  logits.dispose();
  if (passes.includes(pass)) figures.push(processMemory().resident);
}
console.log(JSON.stringify(figures));
Deno.exit();
