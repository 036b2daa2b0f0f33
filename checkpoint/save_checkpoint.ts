import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show_value.ts";
import type { ModelConfig } from "../families/model_config.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { CHECKPOINT_FILES } from "./checkpoint_file.ts";
import { listCopiedFiles, openTokenizerFiles } from "./copied_files.ts";
import { familyOf } from "../families/known_families.ts";
import { pythonClasses } from "./python_classes.ts";
import { streamSafetensors } from "./safetensors_writer.ts";
import { readRange } from "./read_range.ts";
import { type CheckpointFile, type CheckpointSource, readJsonObject } from "./source.ts";
import { QUANTIZED, type Weights } from "./weights.ts";
import {
  jsonFile,
  textFile,
  writeFolder,
  type WrittenFile,
  type WrittenFolder,
} from "./written_folder.ts";

/** Bytes of a file that are copied at a time. */
const COPY_BYTES = 2 ** 24;

/** How weights are saved. */
export interface SaveOptions {
  /**
   * The data type of matrices: `fp32`, or `q8`, in which only this library loads them: a quarter of the
   * bytes, and the same results as of the floats with the option `dtype: "q8"`.
   */
  readonly dtype?: "fp32" | "q8";
}

/** Settings of the transformer in a checkpoint of sentence-transformers. */
const SENTENCE_CONFIG = /^sentence_[\w-]+_config\.json$/;

/**
 * Writes a checkpoint as a folder that Hugging Face libraries can load: weights in float32, the
 * tokenizer's files with the model's maximum length, every other file of the source, and
 * `config.json` last, so that a folder left incomplete by a failure does not load as a checkpoint.
 *
 * With LSG attention the folder gets a small Python module, `modeling_lsg_….py`, and the config the
 * `auto_map` to it, for `AutoModel.from_pretrained(folder, trust_remote_code=True)`.
 *
 * @param folder Path of the folder; it is created if it does not exist.
 * @param checkpoint The checkpoint.
 * @param source The source of the other files: the checkpoint from which this one was made. If it
 * cannot list them, those of a tokenizer and of sentence-transformers are looked for by their names.
 * @param options The data type of matrices.
 * @throws {RangeError} If the folder already holds a file of a checkpoint, the data type is not one of
 * these, or a weight is too large for it.
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
  checkpoint: Checkpoint,
  source: CheckpointSource,
  options: SaveOptions = {},
): Promise<void> {
  await writeFolder(folder, await checkpointFolder(checkpoint, source, "all", options));
}

/**
 * Makes the files of a checkpoint, see {@linkcode saveCheckpoint}.
 *
 * @param checkpoint The checkpoint.
 * @param source The source of the other files.
 * @param copied Which of them are copied: all, or as for a model that was trained further those of
 * the tokenizer and the settings of generation, with or without those of sentence-transformers.
 * @param options The data type of matrices.
 * @returns The files; weights are read when their chunks are, so that one that is too large for the
 * data type is an error then.
 * @throws {RangeError} If the data type is not one of these.
 * @throws {SyntaxError} If a config of the source is malformed.
 *
 * @example Files for another place than a disk
 * ```ts
 * import { checkpointFolder, readCheckpoint } from "@lsg/core/checkpoint";
 * import { openCheckpoint } from "@lsg/core/hub";
 * import { assertEquals } from "@std/assert";
 *
 * const source = await openCheckpoint("ccdv/lsg-base-4096");
 * const { files } = await checkpointFolder(await readCheckpoint(source), source, "all");
 * const paths: string[] = [];
 * for (const { path, chunks } of files) {
 *   for await (const bytes of chunks) bytes.length; // upload them, say
 *   paths.push(path);
 * }
 * assertEquals(paths.slice(-2), ["model.safetensors", "config.json"]); // config.json is the last
 * ```
 */
export async function checkpointFolder(
  { config, weights }: Checkpoint,
  source: CheckpointSource,
  copied: "all" | "tokenizer" | "tokenizer and modules",
  { dtype = "fp32" }: SaveOptions = {},
): Promise<WrittenFolder> {
  if (dtype !== "fp32" && dtype !== "q8") {
    throw new RangeError(`Cannot save with dtype ${showValue(dtype)}: wanted "fp32" or "q8"`);
  }
  // Python has no LSG class of a family whose global tokens are the text's own.
  const hasClass = config.lsg && familyOf(config).embeddings.global;
  const python = hasClass && dtype === "fp32" ? pythonClasses(config) : undefined;
  const own = ["config.json", "model.safetensors", "tokenizer_config.json"];
  if (python) own.push(python.fileName);
  const found = copied === "all"
    ? await listCopiedFiles(source)
    : await openTokenizerFiles(source, copied === "tokenizer and modules");
  const { positions } = familyOf(config);
  const length = config.max_position_embeddings -
    (typeof positions === "string" ? 0 : positions.configOffset);
  const converted = await isConverted(config, source);
  const files: WrittenFile[] = [];
  for (const [path, file] of found) {
    if (own.includes(path)) continue;
    const settings = converted && SENTENCE_CONFIG.test(path)
      ? await readJsonObject(source, path)
      : undefined;
    files.push(
      typeof settings?.max_seq_length === "number"
        ? jsonFile(path, { ...settings, max_seq_length: length })
        : { path, chunks: readChunks(file) },
    );
  }
  const settings = await readJsonObject(source, "tokenizer_config.json");
  files.push(jsonFile("tokenizer_config.json", {
    ...settings,
    ...((copied === "all" || converted || !settings) && { model_max_length: length }),
  }));
  if (python) files.push(textFile(python.fileName, python.code));
  const eight = dtype === "q8" ? await import("./quantized_tensors.ts") : undefined;
  const chunks = eight ? eight.streamQuantized(weights) : streamFloats(weights);
  files.push({ path: "model.safetensors", chunks });
  const { quantization_config, ...raw } = config.raw;
  const isOurs = isJsonObject(quantization_config) &&
    quantization_config.quant_method === QUANTIZED;
  files.push(jsonFile("config.json", {
    ...raw,
    ...(eight
      ? { quantization_config: eight.QUANTIZATION_CONFIG }
      : quantization_config !== undefined && !isOurs && { quantization_config }),
    ...(python && { auto_map: python.autoMap }),
    torch_dtype: "float32",
  }));
  return { files, absent: CHECKPOINT_FILES };
}

/** Returns whether a model is the result of a conversion of the source's, so that its length counts. */
async function isConverted(config: ModelConfig, source: CheckpointSource): Promise<boolean> {
  const original = await readJsonObject(source, "config.json");
  return original?.max_position_embeddings !== config.max_position_embeddings ||
    original.base_model_prefix !== config.raw.base_model_prefix;
}

function streamFloats(weights: Weights): AsyncGenerator<Uint8Array> {
  const tensors = weights.names()
    .map((name) => ({ name, dims: weights.dims(name), dtype: "F32" as const }));
  return streamSafetensors(tensors, (name) => weights.load(name));
}

async function* readChunks(file: CheckpointFile): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < file.size; start += COPY_BYTES) {
    yield await readRange(file, start, Math.min(file.size, start + COPY_BYTES));
  }
}
