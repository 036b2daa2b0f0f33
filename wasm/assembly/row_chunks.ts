/**
 * Chunks of rows that few queries attend to: threads take turns at them, as they read whole rows faster
 * than parts of rows, and keep weighted sums, which are added up in the end.
 */
import { exponential } from "./exponential";
import { addScaled, fill } from "./vector";

/** Rows of a chunk, whose sums are kept; equals `CHUNK` of wasm/row_chunks.ts. */
export const CHUNK: i32 = 1024;

/** Turns of a thread at chunks; if there are fewer, threads divide heads, too. */
const TURNS: i32 = 2;

/** Divides weighted sums by the sum of their weights. */
export function finishRow(from: usize, total: f32, to: usize, headWidth: i32): void {
  if (total == 0) return fill(to, NaN, headWidth); // scores all below the range of float32
  const factor = f32x4.splat(1 / total);
  for (const end = to + (headWidth << 2); to < end; to += 16, from += 16) {
    v128.store(to, f32x4.mul(v128.load(from), factor));
  }
}

/**
 * Adds up what `keepRows` wrote of several chunks of rows, scaled to the largest maximum.
 *
 * @param from What it wrote of the first chunk, of a head and a query.
 * @param stride Bytes to that of the next.
 */
export function mergeRows(from: usize, stride: usize, chunks: i32, to: usize, headWidth: i32): void {
  const end = from + chunks * stride, bytes = <usize> headWidth * 4;
  let maximum: f32 = -Infinity, sum: f32 = 0;
  for (let at = from; at < end; at += stride) maximum = max(maximum, load<f32>(at + bytes, 4));
  fill(to, 0, headWidth);
  if (maximum == -Infinity) return;
  for (let at = from; at < end; at += stride) {
    const less = load<f32>(at + bytes, 4) - maximum;
    const factor = f32x4.extract_lane(exponential(f32x4.splat(less)), 0);
    sum += factor * load<f32>(at + bytes);
    addScaled(to, factor, at, headWidth);
  }
  finishRow(to, sum, to, headWidth);
}

/**
 * Among how many threads heads are divided, if rows are divided into chunks: among one, which reads
 * whole rows, if there are turns enough.
 */
export function sharersOfChunks(chunks: i32, threads: i32): i32 {
  return (TURNS * threads + chunks - 1) / max(1, chunks); // 0 of a batch of nothing
}

/** Bytes of what `keepRows` writes of a head and a query. */
// @ts-ignore: decorator
@inline
export function partialBytes(headWidth: i32): usize {
  return <usize> (headWidth + 2) * 4;
}
