import { isJsonObject } from "../base/json.ts";
import { showName, showNames } from "../base/show_value.ts";
import { MappedWeights, type WeightReference } from "./mapped_weights.ts";
import { openSafetensors, type SafetensorsFile } from "./safetensors_reader.ts";
import { assertPlainFileName, type CheckpointSource, readJsonObject } from "./source.ts";
import type { Weights } from "./weights.ts";

const SINGLE_FILE = "model.safetensors";
const INDEX_FILE = "model.safetensors.index.json";
const ONNX_FILES = [
  "onnx/model.onnx",
  "onnx/model_quantized.onnx",
  "onnx/encoder_model.onnx",
  "model.onnx",
];
const PICKLED_FILES = ["pytorch_model.bin", "pytorch_model.bin.index.json"];

/**
 * Opens the weights of a checkpoint: `model.safetensors`, or the shards that
 * `model.safetensors.index.json` lists. Reads and checks the headers, and loads no tensor.
 *
 * @param source The checkpoint's files.
 * @returns The weights under their names in the files.
 * @throws {RangeError} If there are no weights, or the index and the shards disagree.
 * @throws {SyntaxError | TypeError} If a file is malformed.
 *
 * @example
 * ```ts
 * import { encodeSafetensors, MemorySource, openWeights } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = encodeSafetensors([
 *   { name: "bias", dims: [2], dtype: "F32", data: new Float32Array([1, 2]) },
 * ]);
 * const weights = await openWeights(new MemorySource({ "model.safetensors": bytes }));
 * assertEquals(weights.names(), ["bias"]);
 * ```
 */
export async function openWeights(source: CheckpointSource): Promise<Weights> {
  const file = await source.open(SINGLE_FILE);
  if (file !== undefined) return await openSafetensors(file);
  const index = await readJsonObject(source, INDEX_FILE);
  if (index !== undefined) return await openShards(source, parseIndex(index, source.name));
  for (const fileName of PICKLED_FILES) {
    if (await source.open(fileName) !== undefined) {
      throw new RangeError(
        `Cannot read the weights of ${source.name}: ${fileName} needs Python. Convert it once, with ` +
          `the class that its config.json names under architectures: ` +
          `RobertaForMaskedLM.from_pretrained(folder).save_pretrained(folder, ` +
          `safe_serialization=True)`,
      );
    }
  }
  for (const fileName of ONNX_FILES) {
    if (await source.open(fileName) === undefined) continue;
    throw new RangeError(
      `Cannot read the weights of ${source.name}: it holds ONNX files only (${fileName}). Wanted ` +
        `${SINGLE_FILE}: load the original that they were made of, ${await originalOf(source)}`,
    );
  }
  throw new RangeError(`${source.name} has no weights: wanted ${SINGLE_FILE} or ${INDEX_FILE}`);
}

/** Names the repository that ONNX files were made of, as far as it is known. */
async function originalOf(source: CheckpointSource): Promise<string> {
  const name = (await readJsonObject(source, "config.json"))?._name_or_path;
  const isRepository = typeof name === "string" && /^[\w.-]{1,96}(\/[\w.-]{1,96})?$/.test(name);
  if (isRepository && name !== source.name) return `by its config.json ${JSON.stringify(name)}`;
  const [ownName] = source.name.split("/").slice(-1);
  return `usually a repository of the same name by another owner (…/${ownName})`;
}

/** Returns file names by tensor names. */
function parseIndex(index: Record<string, unknown>, origin: string): Map<string, string> {
  const { weight_map: weightMap } = index;
  if (!isJsonObject(weightMap)) {
    throw new TypeError(`${origin}/${INDEX_FILE}: weight_map must be an object`);
  }
  return new Map(
    Object.entries(weightMap).map(([name, fileName]) => {
      if (typeof fileName !== "string") {
        throw new TypeError(
          `${origin}/${INDEX_FILE}: the file of tensor ${showName(name)} must be a string`,
        );
      }
      assertPlainFileName(fileName);
      return [name, fileName];
    }),
  );
}

async function openShards(
  source: CheckpointSource,
  fileOfTensor: Map<string, string>,
): Promise<Weights> {
  const references = new Map<string, WeightReference>();
  for (const fileName of new Set(fileOfTensor.values())) {
    const shard = await openShard(source, fileName);
    for (const name of shard.names()) {
      const listed = fileOfTensor.get(name);
      if (listed !== fileName) {
        throw new RangeError(
          `${source.name}: ${fileName} holds tensor ${showName(name)}, which ${INDEX_FILE} ` +
            (listed === undefined ? "does not list" : `lists in ${showName(listed)}`),
        );
      }
      references.set(name, { weights: shard, name });
    }
  }
  const missing = [...fileOfTensor].filter(([name]) => !references.has(name));
  if (missing.length > 0) {
    throw new RangeError(
      `${source.name}: tensors are missing from the files in which ${INDEX_FILE} lists them: ` +
        showNames(missing.map(([name, fileName]) => `${name} (${fileName})`)),
    );
  }
  return new MappedWeights(references);
}

async function openShard(source: CheckpointSource, fileName: string): Promise<SafetensorsFile> {
  const file = await source.open(fileName);
  if (file === undefined) {
    throw new RangeError(
      `${source.name}: ${INDEX_FILE} lists ${showName(fileName)}, which is missing`,
    );
  }
  return await openSafetensors(file);
}
