/**
 * Embeddings.
 *
 * @module
 */
import type { EmbedShape } from "../ops/embed.ts";
import type { OperandsOf } from "../ops/run.ts";
import type { Context, GpuRoles } from "./kernel.ts";
import { type Command, floatWord, invocations, type Kernel, MAIN } from "./machine/commands.ts";
import type { GpuStorage } from "./machine/storage.ts";

/**
 * One invocation per value of the result, for one part of one table: a table may be larger than a
 * binding, and then each part adds the rows that it holds. Between tables sums are rounded to the
 * stored type.
 */
const KERNEL: Kernel = {
  name: "embed",
  code: /* wgsl */ `
struct Shape {
  tokens: u32,
  width: u32,
  /** Number of ids; they are repeated if there are more tokens. */
  ids: u32,
  /** The part's first row. */
  first: u32,
  /** The part's rows. */
  rows: u32,
  /** 1 for the first part of the first table, which starts the sums. */
  starts: u32,
  scale: f32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> ids: array<i32>;
@group(0) @binding(2) var<storage, read> table: array<Stored>;
@group(0) @binding(3) var<storage, read_write> y: array<Stored>;
${MAIN}
  let token = i / shape.width;
  if (token >= shape.tokens) {
    return;
  }
  // Ids before the part wrap around to numbers far beyond it.
  let row = u32(ids[token % shape.ids]) - shape.first;
  let sum = select(f32(y[i]), 0, shape.starts == 1);
  if (row < shape.rows) {
    y[i] = stored(sum + shape.scale * f32(table[row * shape.width + i % shape.width]));
  } else if (shape.starts == 1) {
    y[i] = 0;
  }
}
`,
};

/**
 * The sum of a row of each table, for each token; see cpu/embed.ts.
 *
 * @param operands Tables and ids.
 * @param y The result.
 * @param shape Sizes.
 * @param _context Not used.
 * @param adds Whether the sum is added to what the result is; false if absent.
 * @returns The operations.
 */
export function embed(
  { lookups }: OperandsOf<"embed", GpuRoles>,
  y: GpuStorage,
  { batch, tokens, width }: EmbedShape,
  _context?: Context,
  adds = false,
): Command[] {
  const all = batch * tokens;
  const parts = lookups.flatMap(({ ids, count, table, rows, scale }) =>
    table.partsOf(rows, width).map((part) => ({ ...part, ids, count, scale }))
  );
  return parts.map(({ buffer, first, rows, ids, count, scale }, i) => ({
    kernel: KERNEL,
    words: [all, width, count, first, rows, i === 0 && !adds ? 1 : 0, floatWord(scale)],
    buffers: [ids.buffer, buffer, y.buffer],
    groups: invocations(all * width),
  }));
}
