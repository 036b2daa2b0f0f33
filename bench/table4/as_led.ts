/**
 * A BART checkpoint as an LED's.
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

/** Rows of BART's position tables that belong to no position. */
const UNUSED_ROWS = 2;

const PROJECTIONS: Readonly<Record<string, string>> = {
  q_proj: "query",
  k_proj: "key",
  v_proj: "value",
};

/**
 * Turns a BART checkpoint into an LED's as its authors did (Beltagy et al. 2020, section 7): windows
 * in the encoder, its projections copied for global tokens, its position table repeated.
 *
 * @param source The BART checkpoint.
 * @param positions Length of the encoder's new position table.
 * @param attention_window Width of the window, even.
 * @returns The LED checkpoint, in memory.
 * @throws {RangeError} If the source has no config.json.
 */
export async function asLed(
  source: CheckpointSource,
  positions: number,
  attention_window: number,
): Promise<MemorySource> {
  const config = await readJsonObject(source, "config.json");
  if (config?.max_position_embeddings === undefined) {
    throw new RangeError(`Cannot convert ${source.name} to LED: it has no config.json of a BART`);
  }
  const weights = await openWeights(source);
  const tensors: TensorWithData[] = [];
  for (const name of weights.names()) {
    const dims = weights.dims(name);
    const data = await weights.load(name);
    for (const [renamed, change] of convertTensor(name, positions)) {
      tensors.push({ name: renamed, dtype: "F32", ...change({ dims, data }) });
    }
  }
  const { max_position_embeddings, ...rest } = config;
  const files: Record<string, string | Uint8Array> = {
    "config.json": JSON.stringify({
      ...rest,
      model_type: "led",
      architectures: ["LEDForConditionalGeneration"],
      max_encoder_position_embeddings: positions,
      max_decoder_position_embeddings: max_position_embeddings,
      attention_window,
    }),
    "model.safetensors": encodeSafetensors(tensors),
  };
  const generation = await readJsonObject(source, "generation_config.json");
  if (generation) files["generation_config.json"] = JSON.stringify(generation);
  return new MemorySource(files);
}

type Content = Pick<TensorWithData, "dims" | "data">;
type Converted = readonly (readonly [name: string, change: (content: Content) => Content])[];

/** What becomes of a tensor: new names, each with its content. */
function convertTensor(bart: string, positions: number): Converted {
  const same = (content: Content) => content;
  const name = bart.replace(/^model\./, "led.");
  if (name.endsWith(".embed_positions.weight")) {
    const isEncoder = name.startsWith("led.encoder.");
    return [[name, (content) => repeatRows(content, isEncoder ? positions : undefined)]];
  }
  const [, layer, projection, part] =
    name.match(/^(led\.encoder\.layers\.\d+\.self_attn)\.(\w+)\.(weight|bias)$/) ?? [];
  if (layer === undefined) return [[name, same]];
  if (projection === "out_proj") return [[`${layer}.output.${part}`, same]];
  const own = `${layer}.longformer_self_attn.${PROJECTIONS[projection]}`;
  return [[`${own}.${part}`, same], [`${own}_global.${part}`, same]];
}

/** Takes away the unused rows and repeats the others up to a number of rows. */
function repeatRows({ dims: [rows, width], data }: Content, wanted?: number): Content {
  const used = rows - UNUSED_ROWS;
  const count = wanted ?? used;
  const repeated = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    const from = (UNUSED_ROWS + row % used) * width;
    repeated.set(data.subarray(from, from + width), row * width);
  }
  return { dims: [count, width], data: repeated };
}
