/**
 * Attention inside hash buckets.
 *
 * @module
 */
import type { HashedShape } from "../ops/attend_hashed.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * Reformer's attention with one hash round (Kitaev et al., 2020).
 *
 * A token's bucket is `argmax([qR; −qR])`. Each head's visible tokens are sorted by bucket, then
 * position, and cut into chunks. A token sees those of its bucket in its own chunk and the one
 * before, with keys `q/|q|` and the factor `1/√width`; itself only if it sees no other.
 *
 * @param operands query `[batch, tokens, heads·width]`, from which keys are computed; value like
 * query; mask `[batch, tokens]`: 1 visible, 0 padding; projection `R`, `[heads, width, columns]`.
 * @param shape Sizes.
 * @returns `[batch, tokens, heads·width]`; masked rows are zero.
 *
 * @example Two tokens of one bucket see each other, not themselves
 * ```ts
 * import { attendHashed } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const query = new Float32Array([1, 2]);
 * const value = new Float32Array([5, 7]);
 * const mask = new Int32Array([1, 1]);
 * const shape = { batch: 1, tokens: 2, heads: 1, width: 1, columns: 1, chunk: 64 };
 * const projection = new Float32Array([1]);
 * assertEquals([...attendHashed({ query, value, mask, projection }, shape)], [7, 5]);
 * ```
 */
export function attendHashed(
  { query, value, mask, projection }: CpuOperands<"attendHashed">,
  { batch, tokens, heads, width, columns, chunk }: HashedShape,
): Float32Array {
  const output = new Float32Array(query.length);
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const offset = (t: number) => ((b * tokens + t) * heads + h) * width;
      const row = (x: Float32Array, t: number) => x.subarray(offset(t), offset(t) + width);
      const matrix = projection.subarray(h * width * columns, (h + 1) * width * columns);
      const hashed = Array.from({ length: tokens }, (_, t) => t)
        .filter((t) => mask[b * tokens + t] === 1)
        .map((t) => ({ t, q: row(query, t), v: row(value, t), bucket: 0 }))
        .map((token) => ({ ...token, bucket: bucketOf(token.q, matrix) }))
        .sort((x, y) => x.bucket - y.bucket || x.t - y.t);
      hashed.forEach((token, i) => {
        const start = Math.floor(i / chunk) * chunk;
        const others = hashed.slice(Math.max(0, start - chunk), start + chunk)
          .filter(({ t, bucket }) => bucket === token.bucket && t !== token.t);
        const seen = others.length > 0 ? others : [token];
        output.set(attendTo(token.q, seen), offset(token.t));
      });
    }
  }
  return output;
}

/** `argmax([qR; −qR])`; the lower index wins a tie, and products that are NaN are passed over. */
function bucketOf(q: Float32Array, matrix: Float32Array): number {
  const columns = matrix.length / q.length;
  const projected = Array.from(
    { length: columns },
    (_, c) => q.reduce((sum, value, d) => sum + value * matrix[d * columns + c], 0),
  );
  let best = 0;
  let largest = -Infinity;
  [...projected, ...projected.map((x) => -x)].forEach((x, i) => {
    if (x > largest) [best, largest] = [i, x];
  });
  return best;
}

/** `softmax(q·k/√width)·v` with `k` the other query at length 1. */
function attendTo(
  q: Float32Array,
  seen: readonly { readonly q: Float32Array; readonly v: Float32Array }[],
): Float64Array {
  const scores = seen.map(({ q: other }) =>
    q.reduce((sum, value, d) => sum + value * other[d], 0) /
    ((Math.hypot(...other) || 1) * Math.sqrt(q.length))
  );
  const top = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - top));
  const sum = weights.reduce((a, b) => a + b);
  return Float64Array.from(
    q,
    (_, d) => seen.reduce((mixed, { v }, j) => mixed + weights[j] / sum * v[d], 0),
  );
}
