/**
 * Embeddings of passages.
 *
 * @module
 */
import { formatJson } from "./table.ts";
import type { Encoder } from "./encoder.ts";

/** A document, or a part of one. */
export interface Passage {
  /** Its name, which no other passage has. */
  readonly id: string;
  /** Start in the document, in UTF-16 code units. */
  readonly start: number;
  /** End in the document. */
  readonly end: number;
  /** The text. */
  readonly text: string;
}

/** A passage and its embedding. */
export interface EmbeddedPassage extends Passage {
  /** Number of tokens, including special tokens. */
  readonly tokens: number;
  /** `[width]`, or `[tokens, width]` without pooling. */
  readonly dims: readonly number[];
  /** The values, row-major. */
  readonly data: Float32Array;
}

/**
 * Formats a passage as a line of JSON.
 *
 * @param passage The passage.
 * @param encoder What computed it.
 * @returns `{"id", "start", "end", "tokens", "text", "embedding", "encoder"}`; the embedding is a
 * list for each token if there is no pooling.
 */
export function formatEmbedding(passage: EmbeddedPassage, encoder: Encoder): string {
  const { dims, data } = passage;
  // Nine digits identify every 32-bit float.
  const values = Array.from(data, (value) => Number(value.toPrecision(9)));
  const [width] = dims.slice(-1);
  const rows = Array.from(
    { length: values.length / width },
    (_, row) => values.slice(row * width, (row + 1) * width),
  );
  return formatJson({
    ...describePassage(passage),
    embedding: dims.length === 1 ? values : rows,
    encoder,
  });
}

/**
 * Lists what is told of a passage beside its embedding.
 *
 * @param passage The passage.
 * @returns The values, without those of the embedding.
 */
export function describePassage(
  { id, start, end, tokens, text }: EmbeddedPassage,
): Passage & { readonly tokens: number } {
  return { id, start, end, tokens, text };
}
