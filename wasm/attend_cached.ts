/**
 * Attention to listed rows of a cache.
 *
 * @module
 */
import { WIDEST_HEAD } from "./attend.ts";
import type { WasmKernel } from "./kernel.ts";
import { command, type Definition } from "./machine/layout.ts";
import { chunksOf, partialBytes } from "./row_chunks.ts";

const FIELDS = {
  query: "usize",
  keys: "usize",
  values: "usize",
  seen: "usize",
  y: "usize",
  batch: "i32",
  rows: "i32",
  capacity: "i32",
  listed: "i32",
  indices: "i32",
  heads: "i32",
  width: "i32",
  keyHeads: "i32",
  scale: "f32",
  /** Chunks of the rows of a query, and where sums of each go; 0: rows are not divided. */
  chunks: "i32",
  partials: "usize",
  /** Whether sums of chunks are added up, and nothing else. */
  merges: "i32",
} as const;

const DEFINITION: Definition<typeof FIELDS> = { name: "attendCached", fields: FIELDS };

/** `softmax(q·k·scale)·v` over listed rows of a cache; see cpu/attend_cached.ts. */
export const attendCached: WasmKernel<"attendCached", typeof FIELDS> = {
  definition: DEFINITION,
  record(operands, y, shape, { allocate }) {
    const { batch, rows, listed, width } = shape;
    if (width > WIDEST_HEAD) {
      throw new RangeError(
        `attendCached: head width ${width}, wanted at most ${WIDEST_HEAD} on wasm`,
      );
    }
    // Heads of other widths are attended to one by one; see `areFewQueries` in assembly.
    const chunks = width % 8 === 0 ? chunksOf(listed) : 0;
    const total = partialBytes(batch * rows * chunks, shape);
    const partials = total > 0 ? allocate(total) : 0;
    const values = { ...operands, y, ...shape, chunks, partials };
    const merges = total > 0 ? [false, true] : [false];
    return merges.map((merges) => command(DEFINITION, { ...values, merges }));
  },
};
