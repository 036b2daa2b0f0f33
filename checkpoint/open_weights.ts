import type { WeightFormat } from "./open_shards.ts";
import { openSafetensors } from "./safetensors_reader.ts";
import { type CheckpointSource, readJsonObject } from "./source.ts";
import { WEIGHT_FILES } from "./weight_files.ts";
import { QUANTIZED, type Weights } from "./weights.ts";

/** The formats in the order in which they are looked for: a file, or shards and their index. */
const FORMATS: readonly WeightFormat[] = [
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
      // Most checkpoints are one file.
      return await (await import("./open_shards.ts")).openShards(source, format, index);
    }
  }
  const { refuseOnnx } = await import("./refuse_onnx.ts");
  await refuseOnnx(source);
  throw new RangeError(
    `${source.name} has no weights: wanted ` +
      FORMATS.flatMap(({ single, index }) => [single, index]).join(", "),
  );
}
