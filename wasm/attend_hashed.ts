/**
 * Attention inside hash buckets.
 *
 * @module
 */
import type { HashedShape } from "../ops/attend_hashed.ts";
import { oneCall, type WasmKernel } from "./kernel.ts";

/** Reformer's attention with one hash round; see cpu/attend_hashed.ts. */
export const attendHashed: WasmKernel<"attendHashed"> = oneCall("attendHashed", {
  name: "attendHashed",
  fields: {
    query: "usize",
    value: "usize",
    mask: "usize",
    projection: "usize",
    y: "usize",
    scratch: "usize",
    /** Bytes of scratch memory per thread. */
    scratchBytes: "i32",
    batch: "i32",
    tokens: "i32",
    heads: "i32",
    width: "i32",
    columns: "i32",
    chunk: "i32",
  },
}, ({ query, value, mask, projection }, y, shape, { threads, allocate }) => {
  const scratchBytes = scratchOf(shape);
  const scratch = allocate(threads * scratchBytes);
  return { query, value, mask, projection, y, ...shape, scratch, scratchBytes };
});

/**
 * Bytes that each thread needs for a head: each token's bucket and key factor, the sorted tokens,
 * the position at which each bucket starts, and the scores of two chunks.
 */
function scratchOf({ tokens, columns, chunk }: HashedShape): number {
  return 4 * (3 * tokens + 2 * columns + 1 + 2 * chunk);
}
