/**
 * Sums of table rows.
 *
 * @module
 */
import type { EmbedShape } from "../cpu/embed.ts";
import { type Command, invocations, type Kernel, MAIN } from "./machine/commands.ts";
import type { Part } from "./machine/storage.ts";

/**
 * One invocation a value of the result, for one part of one table: a table may be larger than a
 * binding, and then each part adds the rows that it has. Between tables a sum is rounded to be
 * stored.
 */
const KERNEL: Kernel = {
  name: "embed",
  code: /* wgsl */ `
struct Shape {
  places: u32,
  width: u32,
  /** How many ids there are; fewer than places are repeated. */
  ids: u32,
  /** The part's first row. */
  first: u32,
  /** The part's rows. */
  rows: u32,
  /** 1 for the first part of the first table, which starts the sums. */
  starts: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> ids: array<i32>;
@group(0) @binding(2) var<storage, read> table: array<Stored>;
@group(0) @binding(3) var<storage, read_write> y: array<Stored>;
${MAIN}
  let place = i / shape.width;
  if (place >= shape.places) {
    return;
  }
  // Ids before the part wrap to numbers far behind it.
  let row = u32(ids[place % shape.ids]) - shape.first;
  let sum = select(f32(y[i]), 0, shape.starts == 1);
  if (row < shape.rows) {
    y[i] = Stored(sum + f32(table[row * shape.width + i % shape.width]));
  } else if (shape.starts == 1) {
    y[i] = 0;
  }
}
`,
};

/** Ids, the table that they are rows of, in parts, and how many ids there are. */
export interface GpuLookup {
  /** `[batch, tokens]` or `[1, tokens]`. */
  readonly ids: GPUBuffer;
  /** How many. */
  readonly count: number;
  /** `[rows, width]`. */
  readonly table: readonly Part[];
}

/**
 * The sum of a row of each table; see cpu/embed.ts.
 *
 * @param lookups Ids and tables.
 * @param y `[batch, tokens, width]`.
 * @param shape Sizes.
 * @returns The operations, one for each part of each table.
 */
export function embed(
  lookups: readonly GpuLookup[],
  y: GPUBuffer,
  { batch, tokens, width }: EmbedShape,
): Command[] {
  const places = batch * tokens;
  const parts = lookups.flatMap(({ table, ...ids }) => table.map((part) => ({ ...part, ...ids })));
  return parts.map(({ buffer, first, rows, ids, count }, i) => ({
    kernel: KERNEL,
    words: [places, width, count, first, rows, i === 0 ? 1 : 0],
    buffers: [ids, buffer, y],
    groups: invocations(places * width),
  }));
}
