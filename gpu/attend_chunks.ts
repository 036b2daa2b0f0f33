/**
 * Chunks of keys, each of which has a workgroup of its own where few queries see many keys: a
 * workgroup per head would leave most of a graphics card idle (Flash-Decoding; Dao et al., 2023).
 *
 * @module
 */
import type { AttendShape } from "../ops/attend.ts";
import { CHUNK_KEYS } from "./attend_kernel.ts";
import { type Command, type Kernel, line } from "./machine/commands.ts";

/** Invocations of a workgroup. */
const WIDTH = 64;

/** Fewest chunks that are worth another call. */
const FEWEST = 4;

/** Workgroups that keep a graphics card busy as they are. */
const ENOUGH = 1024;

/**
 * Tells into how many chunks the keys that a query sees are divided.
 *
 * @param keys Their number.
 * @param groups Workgroups that there are without chunks.
 * @returns Number of chunks; 1: they are not divided.
 */
export function chunksOf(keys: number, groups: number): number {
  const chunks = Math.ceil(keys / CHUNK_KEYS);
  return chunks < FEWEST || groups > ENOUGH ? 1 : chunks;
}

/** One workgroup per head of a query: it adds up the sums of chunks, scaled to the largest maximum. */
const KERNEL: Kernel = {
  name: "attend chunks",
  code: /* wgsl */ `
struct Shape {
  all: u32,
  rows: u32,
  /** The first row, and how many there are of each sequence. */
  first: u32,
  count: u32,
  heads: u32,
  width: u32,
  chunks: u32,
  hasQueryMask: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
/** As the kernel of attention leaves it. */
@group(0) @binding(1) var<storage, read> state: array<f32>;
@group(0) @binding(2) var<storage, read> queryMask: array<i32>;
@group(0) @binding(3) var<storage, read_write> y: array<Stored>;

/** The maximum of a chunk in which no key was seen. */
const NOTHING: f32 = -3.4028234e38;

@compute @workgroup_size(${WIDTH})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let at = lineOf(group, groups);
  if (at >= shape.all) {
    return;
  }
  let i = at / shape.heads;
  let row = i / shape.count * shape.rows + shape.first + i % shape.count;
  let to = (row * shape.heads + at % shape.heads) * shape.width;
  let stride = shape.width + 2;
  let first = at * shape.chunks * stride;
  let after = first + shape.chunks * stride;
  var maximum = NOTHING;
  for (var chunk = first; chunk < after; chunk += stride) {
    maximum = max(maximum, state[chunk]);
  }
  var isEmpty = maximum == NOTHING;
  if (shape.hasQueryMask == 1 && queryMask[row] == 0) {
    isEmpty = true;
  }
  for (var d = local; d < shape.width; d += ${WIDTH}) {
    var sum = 0.0;
    var total = 0.0;
    for (var chunk = first; chunk < after; chunk += stride) {
      let factor = exp(state[chunk] - maximum);
      sum += factor * state[chunk + 1];
      total += factor * state[chunk + 2 + d];
    }
    // Zeros if no key was seen, even if the query is NaN, and NaN if all scores are −∞.
    let divisor = select(sum, bitcast<f32>(0x7fc00000 | shape.all), sum == 0);
    y[to + d] = stored(select(total / divisor, 0, isEmpty));
  }
}
`,
};

/**
 * The call that adds up what is known of chunks.
 *
 * @param buffers The sums of chunks, `[batch, count, heads, chunks, width + 2]`; a mask of queries, or
 * nothing; the result.
 * @param shape Sizes.
 * @param part The rows.
 * @param chunks Number of chunks.
 * @returns The call.
 */
export function mergeChunks(
  { state, queryMask, y }: {
    readonly state: GPUBuffer;
    readonly queryMask?: GPUBuffer;
    readonly y: GPUBuffer;
  },
  { batch, rows, heads, width }: Pick<AttendShape, "batch" | "rows" | "heads" | "width">,
  { first, count }: { readonly first: number; readonly count: number },
  chunks: number,
): Command {
  const all = batch * count * heads;
  return {
    kernel: KERNEL,
    words: [all, rows, first, count, heads, width, chunks, queryMask ? 1 : 0],
    buffers: [state, queryMask ?? state, y],
    groups: line(all),
  };
}
