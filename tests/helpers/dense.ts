/**
 * Attention in float64 as one softmax per query over an explicit list of its visible keys. Written
 * from the specification, without code of the library.
 */

/** Unit roundoff of float32. */
const FLOAT32 = 2 ** -24;

/** Unit roundoff of float64. */
const FLOAT64 = 2 ** -53;

/**
 * Largest difference of two float64 sums of the same numbers in any order: the tests add at most 64
 * numbers below 8, and each step rounds by at most `FLOAT64 · 64 · 8`.
 */
const SUM64 = 64 * 64 * 8 * FLOAT64;

/** Exact values, and the largest errors of the library's stored values. */
export interface Vector {
  readonly values: readonly number[];
  readonly errors: readonly number[];
}

/** A query and a visible key; in most patterns a query has the same vector for all keys. */
export interface Pair {
  readonly query: Vector;
  readonly key: Vector;
  readonly value: Vector;
}

/** Output of attention with an error bound for each value. */
export interface Dense {
  /** `[batch, rows, heads·width]`. */
  readonly output: Float64Array;
  /** `[batch, rows, heads·width]`. */
  readonly bound: Float64Array;
}

/** Sizes of an attention. */
export interface DenseShape {
  readonly batch: number;
  readonly rows: number;
  readonly heads: number;
  readonly width: number;
  /** Scale of `q·k`; `1/√width` if absent. */
  readonly scale?: number;
}

/** Makes a vector of values that float32 represents exactly. */
export function exact(values: readonly number[]): Vector {
  return { values, errors: values.map(() => 0) };
}

/** Adds the error of values that the library computes in float64 and stores in float32. */
export function rounded({ values, errors }: Vector): Vector {
  return {
    values,
    errors: errors.map((e, i) => e + FLOAT32 * (Math.abs(values[i]) + e) + SUM64),
  };
}

/** Copies head `h` of row `row`, counted over all sequences, from rows of `heads·width`. */
export function headRow(
  x: Float32Array,
  row: number,
  h: number,
  heads: number,
  width: number,
): number[] {
  const start = (row * heads + h) * width;
  return [...x.subarray(start, start + width)];
}

/**
 * Computes attention from every query to its list of keys.
 *
 * @param pairs Returns the visible keys of head `h` of query `i` of sequence `b`.
 */
export function attendDensely(
  shape: DenseShape,
  pairs: (b: number, i: number, h: number) => Pair[],
): Dense {
  const { batch, rows, heads, width, scale = 1 / Math.sqrt(width) } = shape;
  const output = new Float64Array(batch * rows * heads * width);
  const bound = new Float64Array(output.length);
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < rows; i++) {
      for (let h = 0; h < heads; h++) {
        const start = ((b * rows + i) * heads + h) * width;
        const result = softmaxOver(pairs(b, i, h), width, scale);
        output.set(result.output, start);
        bound.set(result.bound, start);
      }
    }
  }
  return { output, bound };
}

/**
 * Computes `softmax(q·k·scale)·v` over a list; zeros if it is empty.
 *
 * The bound, with `V` the largest |v| of a column and `E` the largest error of a stored v there:
 * - Errors `e` of stored queries and keys change a score by at most
 *   `η = scale·Σ(|q|·eₖ + e_q·|k| + e_q·eₖ)`, each weight by a factor within `exp(±2η)` (numerator
 *   and denominator), and the output by at most `(exp(2η) − 1)·V`.
 * - Errors of stored values change it by at most `E`, as the weights sum to 1.
 * - In float64, a score of `width` products with sum of magnitudes `A` and its exponential have a
 *   relative error of at most `(width + 4)·(1 + 2A)·2⁻⁵³`. An online softmax may rescale at each of
 *   `n` keys, in numerator and denominator, here and in the library: `4n` of these errors.
 * - The output is rounded to float32 once: an error of `2⁻²⁴` relative, or half the smallest float32.
 */
function softmaxOver(pairs: readonly Pair[], width: number, scale: number) {
  const output = new Array<number>(width).fill(0);
  const bound = new Array<number>(width).fill(0);
  if (pairs.length === 0) return { output, bound };

  const scores = pairs.map(({ query, key }) => scale * dot(query.values, key.values));
  const largest = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - largest));
  const sum = weights.reduce((total, weight) => total + weight);

  const eta = Math.max(
    ...pairs.map(({ query, key }) =>
      scale *
      (dot(magnitudes(query.values), key.errors) + dot(query.errors, magnitudes(key.values)) +
        dot(query.errors, key.errors))
    ),
  );
  const sizes = pairs.map(({ query, key }) =>
    scale * dot(magnitudes(query.values), magnitudes(key.values))
  );
  const float64 = 4 * pairs.length * (width + 4) * (1 + 2 * Math.max(...sizes)) * FLOAT64;
  for (let d = 0; d < width; d++) {
    pairs.forEach(({ value }, j) => output[d] += weights[j] / sum * value.values[d]);
    const largestValue = Math.max(...pairs.map(({ value }) => Math.abs(value.values[d])));
    const largestError = Math.max(...pairs.map(({ value }) => value.errors[d]));
    const before = (Math.expm1(2 * eta) + float64) * largestValue + largestError;
    bound[d] = before + FLOAT32 * (Math.abs(output[d]) + before) + 2 ** -150;
  }
  return { output, bound };
}

/** Computes `Σ xᵢyᵢ`. */
export function dot(x: readonly number[], y: readonly number[]): number {
  return x.reduce((sum, value, i) => sum + value * y[i], 0);
}

function magnitudes(x: readonly number[]): number[] {
  return x.map(Math.abs);
}

/** Lists the integers from `start` to `end − 1`. */
export function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);
}
