import type { Checkpoint } from "./checkpoint.ts";
import { makeFolder, openFile, writeNewFile } from "./disk.ts";
import { FAMILIES } from "../families/families.ts";
import { streamSafetensors } from "./safetensors_writer.ts";
import { type CheckpointSource, readJsonObject } from "./source.ts";

/** Tokenizer files that are copied unchanged. */
const TOKENIZER_FILES = [
  "tokenizer.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "vocab.json",
  "vocab.txt",
  "merges.txt",
  "sentencepiece.bpe.model",
  "spiece.model",
];

/**
 * Writes a checkpoint as a folder that Hugging Face libraries can load: weights in float32, the
 * tokenizer's files with the model's maximum length, and `config.json` last, so that a folder left
 * incomplete by a failure does not load as a checkpoint.
 *
 * @param folder Path of the folder; it is created if it does not exist.
 * @param checkpoint The checkpoint.
 * @param tokenizer The source of the tokenizer's files.
 * @throws {RangeError} If the folder already holds a file of a checkpoint.
 *
 * @example
 * ```ts
 * import { FolderSource, readCheckpoint, saveCheckpoint } from "@lsg/core/checkpoint";
 * import { assertRejects } from "@std/assert";
 *
 * const copy = async (from: string, to: string) => {
 *   const source = new FolderSource(from);
 *   await saveCheckpoint(to, await readCheckpoint(source), source);
 * };
 * await assertRejects(() => copy("no/such/folder", "copy"), RangeError, "no config.json");
 * ```
 */
export async function saveCheckpoint(
  folder: string,
  { config, weights }: Checkpoint,
  tokenizer: CheckpointSource,
): Promise<void> {
  const written = ["config.json", "model.safetensors", "tokenizer_config.json", ...TOKENIZER_FILES];
  for (const fileName of written) {
    if (await openFile(`${folder}/${fileName}`) !== undefined) {
      throw new RangeError(
        `Cannot save to ${folder}: it already has a ${fileName}, choose another folder`,
      );
    }
  }
  await makeFolder(folder);
  for (const fileName of TOKENIZER_FILES) {
    const file = await tokenizer.open(fileName);
    if (file) await writeNewFile(`${folder}/${fileName}`, [await file.read(0, file.size)]);
  }
  const settings = await readJsonObject(tokenizer, "tokenizer_config.json");
  const { positions } = FAMILIES[config.model_type];
  const model_max_length = config.max_position_embeddings -
    (typeof positions === "string" ? 0 : positions.configOffset);
  await writeJson(`${folder}/tokenizer_config.json`, { ...settings, model_max_length });
  const tensors = weights.names()
    .map((name) => ({ name, dims: weights.dims(name), dtype: "F32" as const }));
  const chunks = streamSafetensors(tensors, (name) => weights.load(name));
  await writeNewFile(`${folder}/model.safetensors`, chunks);
  await writeJson(`${folder}/config.json`, { ...config.raw, torch_dtype: "float32" });
}

async function writeJson(path: string, json: Record<string, unknown>): Promise<void> {
  const sorted = Object.fromEntries(Object.entries(json).sort(([a], [b]) => a < b ? -1 : 1));
  await writeNewFile(path, [new TextEncoder().encode(JSON.stringify(sorted, null, 2) + "\n")]);
}
