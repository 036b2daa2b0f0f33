/**
 * Attention in its obvious form: for each query the explicit list of the keys that it sees, and
 * one softmax over that list, in float64. It is written from the specification and shares no code
 * with what it checks.
 */

/** Half the distance from 1 to the next float32: the relative error of rounding to float32. */
const FLOAT32 = 2 ** -24;

/** The same of float64. */
const FLOAT64 = 2 ** -53;

/**
 * How far two float64 sums of the same numbers may lie apart, whatever their order: the tests add
 * at most 64 numbers below 8, each step rounds by at most `FLOAT64 · 64 · 8`.
 */
const SUM64 = 64 * 64 * 8 * FLOAT64;

/** Exact numbers and how far those that the library stored may lie from them. */
export interface Vector {
  readonly values: readonly number[];
  readonly errors: readonly number[];
}

/** A query and one key that it sees; most patterns have one query vector for all keys. */
export interface Pair {
  readonly query: Vector;
  readonly key: Vector;
  readonly value: Vector;
}

/** What attention gives, and for each number the largest difference that rounding explains. */
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
  /** Factor of `q·k`; `1/√width` if absent. */
  readonly scale?: number;
}

/** An input of the library, which is float32 already. */
export function exact(values: readonly number[]): Vector {
  return { values, errors: values.map(() => 0) };
}

/** What the library computes in float64 and stores as float32 before attention reads it. */
export function rounded({ values, errors }: Vector): Vector {
  return {
    values,
    errors: errors.map((e, i) => e + FLOAT32 * (Math.abs(values[i]) + e) + SUM64),
  };
}

/** Head `h` of row `row`, counted over all sequences, in an array of rows of `heads·width`. */
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
 * Attends from every query to its list of keys.
 *
 * @param pairs The keys that head `h` of query row `i` of sequence `b` sees.
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
 * `softmax(q·k·scale)·v` over a list, zeros over an empty one.
 *
 * The bound: let `p` be the exact weights, `V` the largest |v| of a column and `E` the largest
 * error of a stored v there.
 * - Stored queries and keys that are off by `e` move a score by at most
 *   `η = scale·Σ(|q|·eₖ + e_q·|k| + e_q·eₖ)`, so each weight by a factor within `exp(±2η)` (once
 *   in the numerator, once in the sum), and the output by at most `(exp(2η) − 1)·V`.
 * - Stored values move it by at most `E`, since the weights sum to 1.
 * - Float64 arithmetic: a score of `width` products of total size `A` and its exponential are off
 *   by at most `(width + 4)·(1 + 2A)·2⁻⁵³` relative, and an online softmax may rescale at each of
 *   `n` keys; in numerator and sum, of the library and of this function: four times `n` of these.
 * - At the end the output is rounded to float32 once: `2⁻²⁴` of it, or half the smallest float32.
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
      scale * (dot(size(query.values), key.errors) + dot(query.errors, size(key.values)) +
        dot(query.errors, key.errors))
    ),
  );
  const sizes = pairs.map(({ query, key }) => scale * dot(size(query.values), size(key.values)));
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

/** `Σ xᵢyᵢ`. */
export function dot(x: readonly number[], y: readonly number[]): number {
  return x.reduce((sum, value, i) => sum + value * y[i], 0);
}

function size(x: readonly number[]): number[] {
  return x.map(Math.abs);
}

/** The whole numbers from `start` to `end − 1`. */
export function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);
}
