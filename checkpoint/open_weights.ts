import { isJsonObject } from "../base/json.ts";
import { showName, showNames } from "../base/show_value.ts";
import { MappedWeights, type WeightReference } from "./mapped_weights.ts";
import { openSafetensors } from "./safetensors_reader.ts";
import {
  assertPlainFileName,
  type CheckpointFile,
  type CheckpointSource,
  readJsonObject,
} from "./source.ts";
import { WEIGHT_FILES } from "./weight_files.ts";
import { QUANTIZED, type Weights } from "./weights.ts";

/** The formats in the order in which they are looked for: a file, or shards and their index. */
const FORMATS: readonly Format[] = [
  {
    single: WEIGHT_FILES[0],
    index: "model.safetensors.index.json",
    open: async (file) => {
      const opened = await openSafetensors(file);
      // Few checkpoints are in 8 bits: who reads one imports it.
      if (!opened.metadata.has(QUANTIZED)) return opened;
      return (await import("./quantized_tensors.ts")).readQuantized(opened);
    },
  },
  {
    single: WEIGHT_FILES[1],
    index: "pytorch_model.bin.index.json",
    // Most checkpoints have the other format: who needs this one imports it.
    open: async (file) => await (await import("./pytorch/pytorch_reader.ts")).openPytorch(file),
  },
];

const ONNX_FILES = [
  "onnx/model.onnx",
  "onnx/model_quantized.onnx",
  "onnx/encoder_model.onnx",
  "model.onnx",
];

/** A format of weights. */
interface Format {
  /** Name of the file that holds all weights. */
  readonly single: string;
  /** Name of the file that lists the shards. */
  readonly index: string;
  /** Opens a file or a shard. */
  readonly open: (file: CheckpointFile) => Promise<Weights>;
}

/**
 * Opens the weights of a checkpoint: `model.safetensors`, or the shards that
 * `model.safetensors.index.json` lists; without these `pytorch_model.bin`, or the shards that
 * `pytorch_model.bin.index.json` lists. Reads and checks the headers, and loads no tensor.
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
  for (const format of FORMATS) {
    const file = await source.open(format.single);
    if (file !== undefined) return await format.open(file);
    const index = await readJsonObject(source, format.index);
    if (index !== undefined) {
      return await openShards(source, format, parseIndex(index, `${source.name}/${format.index}`));
    }
  }
  for (const fileName of ONNX_FILES) {
    if (await source.open(fileName) === undefined) continue;
    throw new RangeError(
      `Cannot read the weights of ${source.name}: it holds ONNX files only (${fileName}). Wanted ` +
        `model.safetensors: load the original that they were made of, ${await originalOf(source)}`,
    );
  }
  throw new RangeError(
    `${source.name} has no weights: wanted ` +
      FORMATS.flatMap(({ single, index }) => [single, index]).join(", "),
  );
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
    throw new TypeError(`${origin}: weight_map must be an object`);
  }
  return new Map(
    Object.entries(weightMap).map(([name, fileName]) => {
      if (typeof fileName !== "string") {
        throw new TypeError(
          `${origin}: the file of tensor ${showName(name)} must be a string`,
        );
      }
      assertPlainFileName(fileName);
      return [name, fileName];
    }),
  );
}

async function openShards(
  source: CheckpointSource,
  format: Format,
  fileOfTensor: Map<string, string>,
): Promise<Weights> {
  const references = new Map<string, WeightReference>();
  const shards = new Map<string, Weights>();
  for (const fileName of new Set(fileOfTensor.values())) {
    const shard = await openShard(source, format, fileName);
    shards.set(fileName, shard);
    for (const name of shard.names()) {
      const listed = fileOfTensor.get(name);
      if (listed !== fileName) {
        throw new RangeError(
          `${source.name}: ${fileName} holds tensor ${showName(name)}, which ${format.index} ` +
            (listed === undefined ? "does not list" : `lists in ${showName(listed)}`),
        );
      }
      references.set(name, { weights: shard, name });
    }
  }
  const missing = [...fileOfTensor].filter(([name, file]) => !shards.get(file)!.has(name));
  if (missing.length > 0) {
    throw new RangeError(
      `${source.name}: tensors are missing from the files in which ${format.index} lists them: ` +
        showNames(missing.map(([name, fileName]) => `${name} (${fileName})`)),
    );
  }
  return new MappedWeights(references);
}

async function openShard(
  source: CheckpointSource,
  format: Format,
  fileName: string,
): Promise<Weights> {
  const file = await source.open(fileName);
  if (file === undefined) {
    throw new RangeError(
      `${source.name}: ${format.index} lists ${showName(fileName)}, which is missing`,
    );
  }
  return await format.open(file);
}
