/**
 * Embeddings of sentences: what a data type changes.
 *
 * @module
 */

/** Cosines between the embeddings of two models. */
export interface Cosines {
  /** Their mean. */
  readonly mean: number;
  /** The least. */
  readonly worst: number;
}

/**
 * Compares embeddings with those of a reference.
 *
 * @param vectors An embedding of each text.
 * @param reference The reference's.
 * @returns Mean and worst cosine.
 * @throws {RangeError} If there are none, or not as many, or a vector is zero or not finite.
 */
export function compareEmbeddings(
  vectors: readonly Float32Array[],
  reference: readonly Float32Array[],
): Cosines {
  if (vectors.length !== reference.length || vectors.length === 0) {
    throw new RangeError(`Cannot compare ${vectors.length} embeddings with ${reference.length}`);
  }
  const cosines = vectors.map((vector, i) => cosine(vector, reference[i]));
  return {
    mean: cosines.reduce((sum, each) => sum + each, 0) / cosines.length,
    worst: Math.min(...cosines),
  };
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) =>
    x.reduce((sum, value, i) => sum + value * y[i], 0);
  const result = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  if (Number.isFinite(result)) return result;
  throw new RangeError(`Cannot compare embeddings: their cosine is ${result}`);
}
