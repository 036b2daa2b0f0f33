import { assert, assertAlmostEquals } from "@std/assert";
import { LENGTH_MODELS } from "../../bench/length_models.ts";
import { findByName } from "../../bench/find_by_name.ts";

/** Computes the last hidden state of a text. */
async function run(name: string, tokens: number): Promise<Float32Array> {
  const { open, globals } = findByName(LENGTH_MODELS, name);
  const model = await open("wasm", tokens);
  const input_ids = [Array.from({ length: tokens }, (_, i) => 5 + i * 13 % 8000)];
  const global_attention_mask = [input_ids[0].map((_, i) => i < globals ? 1 : 0)];
  const { last_hidden_state } = await model({
    input_ids,
    ...(globals > 0 && { global_attention_mask }),
  });
  const rows = await last_hidden_state.getData();
  model.dispose();
  return rows;
}

for (const name of ["Longformer 512", "Longformer 512 + 1 global", "BigBird 64"]) {
  Deno.test(`${name} equals full attention on a text within its window`, async () => {
    const [full, other] = [await run("full", 40), await run(name, 40)];
    assert(full.some((value) => Math.abs(value) > 0.5));
    // Sums in another order: some hundred roundings of values below 10 in each of four layers.
    full.forEach((value, i) => assertAlmostEquals(other[i], value, 1e-4));
  });
}

Deno.test("tokens see a global token of Longformer beyond the window", async () => {
  const last = (rows: Float32Array) => rows.subarray(-256);
  const plain = last(await run("Longformer 512", 1200));
  const withGlobal = last(await run("Longformer 512 + 1 global", 1200));
  assert(plain.some((value, i) => Math.abs(value - withGlobal[i]) > 0.01));
});
