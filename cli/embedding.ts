/**
 * Output formats of embeddings.
 *
 * @module
 */
import { encodeSafetensors } from "../checkpoint/safetensors_writer.ts";

/** Embedding of a document. */
export interface Embedding {
  /** Number of tokens, including special tokens. */
  readonly tokens: number;
  /** `[width]`, or `[tokens, width]` without pooling. */
  readonly dims: readonly number[];
  /** The values, row-major. */
  readonly data: Float32Array;
}

/**
 * Formats an embedding as JSON.
 *
 * @param embedding The embedding.
 * @returns `{"tokens", "dims", "embedding"}` on one line; without pooling, a list per token.
 */
export function formatEmbedding({ tokens, dims, data }: Embedding): string {
  // Nine digits identify every 32-bit float.
  const values = Array.from(data, (value) => Number(value.toPrecision(9)));
  const [width] = dims.slice(-1);
  const rows = Array.from(
    { length: values.length / width },
    (_, row) => values.slice(row * width, (row + 1) * width),
  );
  return JSON.stringify({ tokens, dims, embedding: dims.length === 1 ? values : rows });
}

/**
 * Encodes embeddings as a safetensors file.
 *
 * @param embeddings One per document, all with the same number of dimensions.
 * @returns Pooled embeddings as one tensor `embeddings` `[documents, width]`; others as tensors
 * `document_N` `[tokens, width]`, numbered from 0.
 */
export function encodeEmbeddings(embeddings: readonly Embedding[]): Uint8Array {
  const dtype = "F32";
  if (embeddings[0].dims.length > 1) {
    const tensors = embeddings.map(({ dims, data }, i) => ({
      name: `document_${i}`,
      dtype: dtype as typeof dtype,
      dims,
      data,
    }));
    return encodeSafetensors(tensors);
  }
  const [width] = embeddings[0].dims;
  const data = new Float32Array(embeddings.length * width);
  embeddings.forEach((embedding, i) => data.set(embedding.data, i * width));
  return encodeSafetensors([{ name: "embeddings", dtype, dims: [embeddings.length, width], data }]);
}
