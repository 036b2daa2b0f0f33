/**
 * A Llama of SmolLM-135M's shape in this library on WebAssembly:
 * `own_decoder.ts PASSES THREADS FOLDER TOKENS DTYPE`.
 *
 * @module
 */
import type { DataType } from "../../ops/backend.ts";
import { AutoModelForCausalLM } from "../../mod.ts";
import { report } from "./outcome.ts";
import { ownVersion } from "./own_version.ts";

const [passesJson, threads, folder, tokens, dtype] = Deno.args;
const model = await AutoModelForCausalLM.from_pretrained(folder, {
  device: "wasm",
  threads: Number(threads),
  dtype: dtype as DataType,
});
await report(
  ownVersion,
  JSON.parse(passesJson),
  () => model.generate({ input_ids: [[5]], max_new_tokens: Number(tokens), eos_token_id: null }),
);
model.dispose();
