/**
 * What a decoder attends to: the encoder's output of each document, projected once for each layer.
 *
 * @module
 */
import type { KeySource } from "../ops/attend_plan.ts";
import type { Backend, Floats, Integers } from "../ops/backend.ts";
import { everything } from "../ops/span.ts";
import type { BlockParts } from "./blocks.ts";
import type { Encoder, EncoderOutput } from "./encoder.ts";
import type { PassOptions } from "./pass.ts";
import { encoderOutput } from "./encoder_decoder.ts";
import type { TokenBatch } from "./inputs.ts";
import { projectMemory } from "./layer.ts";
import type { MemoryDataType } from "./settings.ts";
import { keyHolder } from "../attention/full/byte_keys.ts";
import { halve } from "../ops/halve.ts";
import { quantizeHeads } from "../ops/quantize_heads.ts";

/** Keys and values of one document for one layer, `[1, rows, heads·width]` each. */
type Projection = ReturnType<typeof projectMemory>;

/** A document's keys and values for all layers of a decoder; all rows that continue it share them. */
export class DocumentMemory {
  readonly #layers: readonly Projection[];
  readonly #mask: Integers | undefined;

  /**
   * Projects the encoder's output of a document.
   *
   * @param parts The decoder's weights and description.
   * @param output `[1, rows, hidden_size]` and its mask.
   * @param isMasked Whether a row is masked.
   * @param dtype The data type of keys and values.
   */
  constructor(
    parts: BlockParts,
    { rows, mask }: EncoderOutput,
    isMasked: boolean,
    dtype: MemoryDataType = "fp32",
  ) {
    const { backend } = parts;
    const heads = parts.config.num_attention_heads;
    const held = (x: Floats) =>
      dtype === "fp16"
        ? backend.run(halve, x)
        : dtype === "q8"
        ? backend.run(quantizeHeads, x, { heads })
        : x;
    const heldKey = (key: Floats) => {
      if (dtype !== "q8") return held(key);
      const tokens = { key, heads, mask: isMasked ? mask : undefined, first: 0 };
      return keyHolder(backend, { ...tokens, tokens: key.dims[1], scores: dtype })(key);
    };
    const layers: Projection[] = [];
    backend.scope(() => {
      for (let layer = 0; layer < parts.config.num_hidden_layers; layer++) {
        const names = parts.family.layer(layer).crossAttention!;
        // Each in a scope of its own: its full precision is released before the next one.
        const projection: Partial<Record<keyof Projection, Floats>> = {};
        backend.scope(() => {
          const { key, value } = projectMemory(parts, names, rows);
          return [projection.key = heldKey(key), projection.value = held(value)];
        });
        layers.push(projection as Projection);
      }
      return layers.flatMap(({ key, value }) => [key, value]);
    });
    this.#layers = layers;
    this.#mask = isMasked ? mask : undefined;
    if (!isMasked) mask.dispose();
  }

  /**
   * The document as a source of keys for a layer.
   *
   * @param layer The layer.
   * @returns All of its rows.
   */
  source(layer: number): KeySource<Floats, Integers> {
    const { key, value } = this.#layers[layer];
    const [, count] = key.dims;
    const mask = this.#mask;
    return { keys: key, values: value, first: 0, count, mask, spans: [everything(count)] };
  }

  /** Releases the keys and values. */
  dispose(): void {
    this.#layers.forEach(({ key, value }) => [key, value].forEach((tensor) => tensor.dispose()));
    this.#mask?.dispose();
  }
}

/** A loaded encoder-decoder, as far as documents are encoded with it. */
export interface DocumentEncoder {
  /** Backend that runs the operations. */
  readonly backend: Backend;
  /** The encoder. */
  readonly encoder: Encoder;
  /** The encoder's parts. */
  readonly config: BlockParts["config"];
  /** The decoder's parts. */
  readonly decoderParts: BlockParts;
  /** The data type of keys and values. */
  readonly memory_dtype?: MemoryDataType;
}

/**
 * Encodes each sequence of a batch by itself, without the padding behind it: it gives what it gives
 * alone, and padding costs nothing.
 *
 * @param model Encoder and decoder.
 * @param batch Checked ids and masks.
 * @param options The callback after each layer, the signal.
 * @returns A memory for each sequence; the caller disposes of them.
 */
export async function encodeDocuments(
  { backend, encoder, config, decoderParts, memory_dtype }: DocumentEncoder,
  batch: TokenBatch,
  { layer_callback, signal }: PassOptions,
): Promise<DocumentMemory[]> {
  const memories: DocumentMemory[] = [];
  const layers = batch.batch * config.num_hidden_layers;
  try {
    for (let b = 0; b < batch.batch; b++) {
      const document = documentOf(batch, b);
      const done = b * config.num_hidden_layers;
      const { lastHiddenState } = await encoder.forward(document, {
        signal,
        layer_callback: layer_callback &&
          (({ layer }) => layer_callback({ layer: done + layer, layers })),
      });
      try {
        const output = encoderOutput(backend, config, lastHiddenState, document);
        const isMasked = document.mask.includes(0) || config.lsg?.mask_first_token === true;
        try {
          memories.push(new DocumentMemory(decoderParts, output, isMasked, memory_dtype));
        } catch (error) {
          output.mask.dispose();
          throw error;
        }
      } finally {
        lastHiddenState.dispose();
      }
      await backend.settle();
    }
    return memories;
  } catch (error) {
    memories.forEach((memory) => memory.dispose());
    throw error;
  }
}

/** One sequence of a batch, without the padding behind it. */
function documentOf({ tokens, ids, mask, typeIds, globalMask }: TokenBatch, b: number): TokenBatch {
  const visible = mask.subarray(b * tokens, (b + 1) * tokens).lastIndexOf(1) + 1;
  const count = Math.max(1, visible);
  const row = (values: Int32Array) => values.slice(b * tokens, b * tokens + count);
  return {
    batch: 1,
    tokens: count,
    ids: row(ids),
    mask: row(mask),
    typeIds: row(typeIds),
    globalMask: row(globalMask),
  };
}
