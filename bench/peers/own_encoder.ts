/**
 * RoBERTa-base in this library on WebAssembly: `own_encoder.ts PASSES THREADS FOLDER TOKENS DTYPE`.
 *
 * @module
 */
import type { DataType } from "../../backend.ts";
import { AutoModel } from "../../mod.ts";
import { report } from "./outcome.ts";
import { ownVersion } from "./own_version.ts";
import { drawIds } from "./roberta.ts";

const [passesJson, threads, folder, tokens, dtype] = Deno.args;
const model = await AutoModel.from_pretrained(folder, {
  device: "wasm",
  threads: Number(threads),
  dtype: dtype as DataType,
});
const input_ids = [drawIds(Number(tokens))];
await report(ownVersion, JSON.parse(passesJson), async () => {
  const { last_hidden_state, pooler_output } = await model({ input_ids });
  await last_hidden_state.getData();
  last_hidden_state.dispose();
  pooler_output?.dispose();
});
model.dispose();
