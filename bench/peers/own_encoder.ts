/**
 * RoBERTa-base in this library on WebAssembly: `own_encoder.ts PASSES THREADS FOLDER TOKENS DTYPE`.
 *
 * @module
 */
import type { DataType } from "../../ops/backend.ts";
import { AutoModel } from "../../mod.ts";
import { encode, VOCABULARY } from "../roberta_base.ts";
import { report } from "./outcome.ts";
import { ownVersion } from "./own_version.ts";

const [passesJson, threads, folder, tokens, dtype] = Deno.args;
const model = await AutoModel.from_pretrained(folder, {
  device: "wasm",
  threads: Number(threads),
  dtype: dtype as DataType,
});
await report(
  ownVersion,
  JSON.parse(passesJson),
  () => encode(model, Number(tokens), VOCABULARY),
);
model.dispose();
