/**
 * Script that `bench/memory.ts` runs: memory after a number of passes of the embedded model.
 *
 * @module
 */
import { AutoModelForMaskedLM } from "../mod.ts";
import { makeTokenIds } from "./token_ids.ts";
import { readProcessMemory } from "./process_memory.ts";

const [folder, length, ...after] = Deno.args;
const tokens = Number(length);
const model = await AutoModelForMaskedLM.from_pretrained(folder, {
  device: "wasm",
  threads: 2,
  lsg: { max_sequence_length: 4096, block_size: 128, sparse_block_size: 128 },
});
const input_ids = [makeTokenIds(tokens, 8000)];
const rows = [Array.from({ length: 20 }, (_, i) => Math.floor(i * tokens / 20))];
const passes = after.map(Number);
const figures: number[] = [];
for (let pass = 1; pass <= passes.at(-1)!; pass++) {
  const logits = await model.logitsAt({ input_ids }, rows);
  await logits.getData();
  logits.dispose();
  if (passes.includes(pass)) figures.push(readProcessMemory().resident);
}
console.log(JSON.stringify(figures));
Deno.exit();
