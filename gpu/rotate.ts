/**
 * Rotary position embeddings.
 *
 * @module
 */
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** One invocation per pair of columns, and per column that stays. */
const KERNEL: Kernel = {
  name: "rotate",
  code: /* wgsl */ `
struct Shape {
  rows: u32,
  /** Rows of turns. */
  turnRows: u32,
  heads: u32,
  width: u32,
  pairs: u32,
  isInverse: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<Stored>;
@group(0) @binding(2) var<storage, read> turns: array<Stored>;
@group(0) @binding(3) var<storage, read_write> y: array<Stored>;
${MAIN}
  let pairs = shape.pairs;
  let columns = shape.width - pairs;
  let head = i / columns;
  let row = head / shape.heads;
  if (row >= shape.rows) {
    return;
  }
  let column = i % columns;
  if (column >= pairs) {
    let at = head * shape.width + pairs + column;
    y[at] = x[at];
    return;
  }
  let turn = (row % shape.turnRows) * 2 * pairs + column;
  let cosine = f32(turns[turn]);
  let turned = f32(turns[turn + pairs]);
  let sine = select(turned, -turned, shape.isInverse == 1);
  let first = head * shape.width + column;
  let second = first + pairs;
  let a = f32(x[first]);
  let b = f32(x[second]);
  y[first] = stored(a * cosine - b * sine);
  y[second] = stored(b * cosine + a * sine);
}
`,
};

/** Turns pairs of columns by their angles; see cpu/rotate.ts. */
export const rotate: GpuKernel<"rotate"> = (
  { x, turns },
  y,
  { batch, tokens, heads, width, pairs, sequences, isInverse },
) => {
  const rows = batch * tokens;
  return [{
    kernel: KERNEL,
    words: [rows, sequences * tokens, heads, width, pairs, Number(isInverse)],
    buffers: [x.buffer, turns.buffer, y.buffer],
    groups: invocations(rows * heads * (width - pairs)),
  }];
};
