import { isJsonObject, parseJson } from "../base/json.ts";
import { readRange } from "./read_range.ts";
import { assertPlainPath, type CheckpointFile, type CheckpointSource, readText } from "./source.ts";

/** Files of a tokenizer beside its settings. */
const TOKENIZER_FILES: readonly string[] = [
  "tokenizer.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "vocab.json",
  "vocab.txt",
  "merges.txt",
  "sentencepiece.bpe.model",
  "spiece.model",
  "chat_template.jinja",
];

/** Chat templates of other names than `chat_template.jinja`, which only a list tells. */
const OTHER_TEMPLATE = /^additional_chat_templates\/[\w-]+\.jinja$/;

/** Settings of sentence-transformers. */
const SENTENCE_FILES: readonly string[] = [
  "modules.json",
  "config_sentence_transformers.json",
  "sentence_bert_config.json",
  "sentence_roberta_config.json",
  "sentence_distilbert_config.json",
  "sentence_camembert_config.json",
  "sentence_albert_config.json",
  "sentence_xlm-roberta_config.json",
];

/** Files that are looked for in a source that cannot list its own. */
const KNOWN_FILES: readonly string[] = [
  ...TOKENIZER_FILES,
  "generation_config.json",
  ...SENTENCE_FILES,
  "README.md",
  "LICENSE",
];

/** Files in the folder of a module of sentence-transformers, such as a pooling or a dense layer. */
const MODULE_FILES: readonly string[] = ["config.json", "model.safetensors", "pytorch_model.bin"];

/** The model's weights in any format, and their indices; they are not the new model's. */
const WEIGHTS =
  /^(model|pytorch_model|tf_model|flax_model|rust_model)\b.*\.(safetensors|bin|h5|msgpack|ot|onnx|onnx_data|ckpt|pt|index\.json)$/;

/** Folders of the model's weights in other formats. */
const EXPORTS = /^(onnx|openvino|coreml|tflite)\//;

/**
 * Lists the files of a checkpoint that are the same for another model made from it: its tokenizer,
 * the modules and prompts of sentence-transformers, documentation. Weights, hidden files and folders
 * that are checkpoints of their own are left out.
 *
 * @param source The checkpoint's files. If it cannot list them, files of known names are looked for.
 * @returns The files by path.
 * @throws {SyntaxError | RangeError} If `modules.json` is malformed or too large.
 */
export async function listCopiedFiles(
  source: CheckpointSource,
): Promise<ReadonlyMap<string, CheckpointFile>> {
  const files = await source.list?.() ?? await openKnownFiles(source);
  const copied = [...files].filter(([path]) =>
    isPortable(path) && !WEIGHTS.test(path) && !EXPORTS.test(path)
  );
  const checkpoints: string[] = [];
  for (const [path, file] of copied) {
    if (path.endsWith("/config.json") && await isModelConfig(file)) {
      checkpoints.push(path.slice(0, -"config.json".length));
    }
  }
  return new Map(copied.filter(([path]) => !checkpoints.some((folder) => path.startsWith(folder))));
}

/** Returns whether a path is neither hidden, nor leaves the folder, nor means something else elsewhere. */
function isPortable(path: string): boolean {
  return path.split("/").every((name) => /^[^.]/.test(name)) && !/[\\:\p{Cc}]/u.test(path);
}

/**
 * Opens the files that a model which was trained further shares with its checkpoint: its tokenizer's
 * beside the tokenizer's settings, and the settings of generation.
 *
 * @param source The checkpoint's files.
 * @param hasModules Whether those of sentence-transformers are among them, as for a model without a
 * head.
 * @returns The files that exist, by their paths.
 */
export async function openTokenizerFiles(
  source: CheckpointSource,
  hasModules: boolean,
): Promise<ReadonlyMap<string, CheckpointFile>> {
  // Not all of a folder, which may hold much else.
  const listed = await source.list?.("additional_chat_templates");
  const templates = [...listed?.keys() ?? []].filter((path) => OTHER_TEMPLATE.test(path));
  const modules = hasModules ? [...SENTENCE_FILES, ...await listModuleFiles(source)] : [];
  const settings = ["generation_config.json", ...modules];
  return await openFiles(source, [...TOKENIZER_FILES, ...templates, ...settings]);
}

async function openKnownFiles(source: CheckpointSource): Promise<Map<string, CheckpointFile>> {
  return await openFiles(source, [...KNOWN_FILES, ...await listModuleFiles(source)]);
}

async function openFiles(
  source: CheckpointSource,
  paths: readonly string[],
): Promise<Map<string, CheckpointFile>> {
  const files = new Map<string, CheckpointFile>();
  for (const path of paths) {
    const file = await source.open(path);
    if (file) files.set(path, file);
  }
  return files;
}

async function listModuleFiles(source: CheckpointSource): Promise<string[]> {
  const text = await readText(source, "modules.json");
  if (text === undefined) return [];
  const modules = parseJson(text, `${source.name}/modules.json`);
  const paths = Array.isArray(modules)
    ? modules.map((module) => isJsonObject(module) ? module.path : undefined)
    : [];
  return paths.filter((path) => typeof path === "string" && path !== "").flatMap((path) => {
    assertPlainPath(path as string);
    return MODULE_FILES.map((name) => `${path}/${name}`);
  });
}

/** Returns whether a file is the config of a model, not that of a module. */
async function isModelConfig(file: CheckpointFile): Promise<boolean> {
  if (file.size > 1_000_000) return false;
  try {
    const config = JSON.parse(new TextDecoder().decode(await readRange(file, 0, file.size)));
    return isJsonObject(config) && typeof config.model_type === "string";
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
