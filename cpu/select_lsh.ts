/**
 * Sparse list by locality-sensitive hashing.
 *
 * @module
 */
import type { SelectSizes } from "../ops/select.ts";
import type { CpuOperands } from "./roles.ts";
import { type CpuSparseList, type HeadView, selectPerHead } from "./select.ts";

/** Keys, values and weights that were hashed into one bucket, summed. */
interface Bucket {
  key: Float64Array;
  value: Float64Array;
  weight: number;
}

/**
 * Each chunk's tokens are merged by hashing their keys: all rounds but the last into `chunk`
 * buckets, the last into `chunk / factor`, which become the entries (`lsh`).
 *
 * A round puts `x` into bucket `argmax([x̂R; −x̂R])`, with `x̂ = x/|x|`, and sums the items of each
 * bucket; the next round hashes the sums. At the end sums are divided by `weight + 1e-8`, the
 * number of visible tokens in them; an empty bucket is masked.
 *
 * @param operands keys and values `[batch, rows, heads·width]`; mask `[batch, tokens]`: 1 visible, 0
 * masked; projections: `R` of each round, `[heads, width, ⌊buckets/2⌋]`.
 * @param sizes Sizes.
 * @returns The sparse list.
 *
 * @example Keys of opposite directions fall into different buckets
 * ```ts
 * import { selectLsh } from "@lsg/core/cpu";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const keys = new Float32Array([1, -1, 2, -2]);
 * const mask = new Int32Array([1, 1, 1, 1]);
 * const sizes = { batch: 1, heads: 1, width: 1, rows: 4, first: 0, tokens: 4 };
 * const blocks = { block: 4, factor: 2, chunk: 4 };
 * const shape = { ...sizes, ...blocks, padded: 4, entries: 2 };
 * const projections = [new Float32Array([1])];
 * const list = selectLsh({ keys, values: keys, mask, projections }, shape);
 * assertEquals(list.keys.length, 2);
 * assertAlmostEquals(list.keys[0], 1.5, 1e-6);
 * assertAlmostEquals(list.keys[1], -1.5, 1e-6);
 * ```
 */
export function selectLsh(
  { keys, values, mask, projections }: CpuOperands<"selectLsh">,
  sizes: SelectSizes,
): CpuSparseList {
  const { width, factor, chunk, padded } = sizes;
  const last = projections.length - 1;
  const bucketsOf = (round: number) => round === last ? chunk / factor : chunk;
  return selectPerHead(mask, sizes, (head, list) => {
    for (let start = 0; start < padded; start += chunk) {
      let merged = Array.from({ length: chunk }, (_, i) => token(head, start + i));
      projections.forEach((projection, round) => {
        merged = hashRound(merged, projection, head.h, bucketsOf(round));
      });
      merged.forEach((bucket, i) => {
        if (bucket.weight === 0) return;
        const e = start / factor + i;
        const to = head.entryOffset(e);
        for (let d = 0; d < width; d++) {
          list.keys[to + d] = bucket.key[d] / (bucket.weight + 1e-8);
          list.values[to + d] = bucket.value[d] / (bucket.weight + 1e-8);
        }
        list.mask[head.maskOffset(e)] = 1;
      });
    }
  });

  function token(head: HeadView, t: number): Bucket {
    if (!head.isVisible(t)) return emptyBucket(width);
    const from = head.offset(t);
    return {
      key: Float64Array.from(keys.subarray(from, from + width)),
      value: Float64Array.from(values.subarray(from, from + width)),
      weight: 1,
    };
  }
}

/** Hashes the items of one head in a chunk into `count` buckets and sums each bucket. */
function hashRound(
  items: readonly Bucket[],
  projection: Float32Array,
  h: number,
  count: number,
): Bucket[] {
  const width = items[0].key.length;
  const buckets = Array.from({ length: count }, () => emptyBucket(width));
  for (const item of items) {
    if (item.weight === 0) continue;
    const bucket = buckets[bucketOf(item.key, projection, h, Math.floor(count / 2))];
    for (let d = 0; d < width; d++) {
      bucket.key[d] += item.key[d];
      bucket.value[d] += item.value[d];
    }
    bucket.weight += item.weight;
  }
  return buckets;
}

/** `argmax([x̂R; −x̂R])`; the lower index wins a tie. */
function bucketOf(key: Float64Array, projection: Float32Array, h: number, columns: number): number {
  const width = key.length;
  const length = Math.hypot(...key) || 1;
  const projected = new Float64Array(columns);
  for (let c = 0; c < columns; c++) {
    for (let d = 0; d < width; d++) {
      projected[c] += key[d] / length * projection[(h * width + d) * columns + c];
    }
  }
  let best = 0;
  let largest = -Infinity;
  [...projected, ...projected.map((x) => -x)].forEach((x, i) => {
    if (x > largest) [best, largest] = [i, x];
  });
  return best;
}

function emptyBucket(width: number): Bucket {
  return { key: new Float64Array(width), value: new Float64Array(width), weight: 0 };
}
