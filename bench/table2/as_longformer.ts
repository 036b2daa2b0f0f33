/**
 * A RoBERTa checkpoint as a Longformer's.
 *
 * @module
 */
import {
  type CheckpointSource,
  encodeSafetensors,
  MemorySource,
  openWeights,
  readJsonObject,
  type TensorWithData,
} from "../../checkpoint/mod.ts";

/** Rows of RoBERTa's position table before that of the first token. */
const OFFSET = 2;

/**
 * Turns a RoBERTa checkpoint into a Longformer's as its authors did (Beltagy et al. 2020, section 5):
 * windows, projections copied for global tokens, position table repeated.
 *
 * @param source The RoBERTa checkpoint.
 * @param positions Tokens that the new position table has rows for.
 * @param attention_window Width of the window, even.
 * @returns The Longformer checkpoint, in memory.
 * @throws {RangeError} If the source is not a RoBERTa.
 */
export async function asLongformer(
  source: CheckpointSource,
  positions: number,
  attention_window: number,
): Promise<MemorySource> {
  const config = await readJsonObject(source, "config.json");
  if (config?.model_type !== "roberta") {
    throw new RangeError(
      `Cannot convert ${source.name} to Longformer: its model_type is ${config?.model_type}, ` +
        "wanted roberta",
    );
  }
  const weights = await openWeights(source);
  const tensors: TensorWithData[] = [];
  for (const name of weights.names()) {
    let [data, dims] = [await weights.load(name), weights.dims(name)];
    const renamed = name.replace(/^roberta\./, "longformer.");
    if (name.endsWith("position_embeddings.weight")) {
      data = repeatRows(data, dims[1], positions);
      dims = [OFFSET + positions, dims[1]];
    }
    tensors.push({ name: renamed, dims, dtype: "F32", data });
    const global = renamed.replace(/(attention\.self\.(?:query|key|value))\./, "$1_global.");
    if (global !== renamed) tensors.push({ name: global, dims, dtype: "F32", data: data.slice() });
  }
  return new MemorySource({
    "config.json": JSON.stringify({
      ...config,
      model_type: "longformer",
      architectures: (config.architectures as string[]).map((name) =>
        name.replace("Roberta", "Longformer")
      ),
      max_position_embeddings: OFFSET + positions,
      attention_window,
      sep_token_id: config.eos_token_id,
    }),
    "model.safetensors": encodeSafetensors(tensors),
  });
}

function repeatRows(data: Float32Array, width: number, positions: number): Float32Array {
  const used = data.length / width - OFFSET;
  const repeated = new Float32Array((OFFSET + positions) * width);
  repeated.set(data.subarray(0, OFFSET * width));
  for (let row = 0; row < positions; row++) {
    const from = (OFFSET + row % used) * width;
    repeated.set(data.subarray(from, from + width), (OFFSET + row) * width);
  }
  return repeated;
}
