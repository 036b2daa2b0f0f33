/**
 * Attention to listed rows of a cache.
 *
 * @module
 */
import type { GpuKernel } from "./kernel.ts";
import { floatWord, type Kernel, line } from "./machine/commands.ts";

/** Invocations of a workgroup, and rows that it attends to at a time. */
const TILE = 64;

/** Widest head: each invocation sums up to four columns. */
const WIDEST_HEAD = 256;

const COLUMNS = Array.from({ length: WIDEST_HEAD / TILE }, (_, i) => i);
const columns = (text: (i: number) => string) => COLUMNS.map(text).join("");

/**
 * One workgroup per head of a query; it loops over tiles of rows, one an invocation, with the online
 * softmax of attend_kernel.ts.
 */
const KERNEL: Kernel = {
  name: "attend_cached",
  code: /* wgsl */ `
struct Shape {
  all: u32,
  rows: u32,
  capacity: u32,
  /** Rows of the cache that are listed for each query; −1: none. */
  listed: u32,
  /** How many indices there are; fewer than \`batch·rows·listed\` are repeated. */
  indices: u32,
  heads: u32,
  width: u32,
  keyHeads: u32,
  scale: f32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> query: array<Stored>;
@group(0) @binding(2) var<storage, read> keys: array<Stored>;
@group(0) @binding(3) var<storage, read> values: array<Stored>;
@group(0) @binding(4) var<storage, read> seen: array<i32>;
@group(0) @binding(5) var<storage, read_write> y: array<Stored>;

/** As in attend_kernel.ts: the maximum before any key is seen, and the lowest one after. */
const NOTHING: f32 = -3.4028234e38;
const LOWEST: f32 = -3.4e38;

/** Where the key of each row of the tile starts, or −1. */
var<workgroup> starts: array<i32, ${TILE}>;
/** Maxima, then sums. */
var<workgroup> numbers: array<f32, ${TILE}>;
var<workgroup> weights: array<f32, ${TILE}>;

@compute @workgroup_size(${TILE})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let at = lineOf(group, groups);
  if (at >= shape.all) {
    return;
  }
  let row = at / shape.heads;
  let h = at % shape.heads;
  let keyHead = h * shape.keyHeads / shape.heads;
  let first = row / shape.rows * shape.capacity;
  let list = row * shape.listed % max(1, shape.indices);
  var maximum = NOTHING;
  var sum = 0.0;
${columns((i) => `  var y${i} = 0.0;\n`)}\
  for (var tile = 0u; tile < shape.listed; tile += ${TILE}) {
    var start = -1;
    var score = 0.0;
    if (tile + local < shape.listed) {
      let index = seen[list + tile + local];
      if (index >= 0) {
        start = i32(((first + u32(index)) * shape.keyHeads + keyHead) * shape.width);
        for (var d = 0u; d < shape.width; d++) {
          score += f32(query[at * shape.width + d]) * f32(keys[u32(start) + d]);
        }
        score *= shape.scale;
      }
    }
    starts[local] = start;
    numbers[local] = select(max(score, LOWEST), NOTHING, start < 0);
    for (var half = ${TILE / 2}u; half > 0; half /= 2) {
      workgroupBarrier();
      if (local < half) {
        numbers[local] = max(numbers[local], numbers[local + half]);
      }
    }
    workgroupBarrier();
    let next = max(maximum, numbers[0]);
    let shrink = exp(maximum - next);
    maximum = next;
    let weight = select(exp(score - next), 0, start < 0);
    sum = sum * shrink + weight;
    weights[local] = weight;
    workgroupBarrier();
${columns((i) => `    y${i} *= shrink;\n`)}\
    for (var j = 0u; j < min(${TILE}, shape.listed - tile); j++) {
      if (starts[j] < 0) {
        continue;
      }
      let value = u32(starts[j]) + local;
${
    columns((i) =>
      `      if (local + ${TILE * i} < shape.width) {
        y${i} += weights[j] * f32(values[value + ${TILE * i}]);
      }
`
    )
  }    }
    workgroupBarrier();
  }
  numbers[local] = sum;
  for (var half = ${TILE / 2}u; half > 0; half /= 2) {
    workgroupBarrier();
    if (local < half) {
      numbers[local] += numbers[local + half];
    }
  }
  workgroupBarrier();
  // Zeros if nothing was seen, even if the query is NaN, and NaN if all scores are −∞.
  let total = numbers[0];
  let divisor = select(total, bitcast<f32>(0x7fc00000 | shape.all), total == 0);
${
    columns((i) =>
      `  if (local + ${TILE * i} < shape.width) {
    y[at * shape.width + local + ${TILE * i}] =
      Stored(select(y${i} / divisor, 0, maximum == NOTHING));
  }
`
    )
  }}
`,
};

/** `softmax(q·k·scale)·v` over listed rows of a cache; see cpu/attend_cached.ts. */
export const attendCached: GpuKernel<"attendCached"> = (
  { query, keys, values, seen },
  y,
  { batch, rows, capacity, listed, indices, heads, width, keyHeads, scale },
) => {
  if (width > WIDEST_HEAD) {
    throw new RangeError(
      `attendCached: head width ${width}, wanted at most ${WIDEST_HEAD} on webgpu`,
    );
  }
  const all = batch * rows * heads;
  return [{
    kernel: KERNEL,
    words: [
      ...[all, rows, capacity, listed, indices],
      ...[heads, width, keyHeads, floatWord(scale)],
    ],
    buffers: [query.buffer, keys.buffer, values.buffer, seen.buffer, y.buffer],
    groups: line(all),
  }];
};
