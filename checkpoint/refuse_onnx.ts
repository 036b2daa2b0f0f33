/**
 * The advice for checkpoints that hold ONNX files only.
 *
 * @module
 */
import { type CheckpointSource, readJsonObject } from "./source.ts";

const ONNX_FILES = [
  "onnx/model.onnx",
  "onnx/model_quantized.onnx",
  "onnx/encoder_model.onnx",
  "model.onnx",
];

/**
 * Asserts that a checkpoint without weights does not hold ONNX files.
 *
 * @param source The checkpoint's files.
 * @throws {RangeError} If it does.
 */
export async function refuseOnnx(source: CheckpointSource): Promise<void> {
  for (const fileName of ONNX_FILES) {
    if (await source.open(fileName) === undefined) continue;
    throw new RangeError(
      `Cannot read the weights of ${source.name}: it holds ONNX files only (${fileName}). Wanted ` +
        `model.safetensors: load the original that they were made of, ${await originalOf(source)}`,
    );
  }
}

/** Names the repository that ONNX files were made of, as far as it is known. */
async function originalOf(source: CheckpointSource): Promise<string> {
  const name = (await readJsonObject(source, "config.json"))?._name_or_path;
  const isRepository = typeof name === "string" && /^[\w.-]{1,96}(\/[\w.-]{1,96})?$/.test(name);
  if (isRepository && name !== source.name) return `by its config.json ${JSON.stringify(name)}`;
  const [ownName] = source.name.split("/").slice(-1);
  return `usually a repository of the same name by another owner (…/${ownName})`;
}
