/**
 * Attention to listed rows of a cache.
 *
 * @module
 */
import { chunksOf, mergeChunks } from "./attend_chunks.ts";
import { CHUNK_KEYS } from "./attend_kernel.ts";
import type { GpuKernel } from "./kernel.ts";
import { floatWord, type Kernel, line, UNTILED } from "./machine/commands.ts";

/** Invocations of a workgroup, and rows that it attends to at a time. */
const TILE = 64;

/** Widest head: each invocation sums up to four columns. */
const WIDEST_HEAD = 256;

const COLUMNS = Array.from({ length: WIDEST_HEAD / TILE }, (_, i) => i);
const columns = (text: (i: number) => string) => COLUMNS.map(text).join("");

/**
 * One workgroup per head of a query, or per chunk of the rows that it sees; it loops over tiles of rows,
 * one an invocation, with the online softmax of attend_kernel.ts.
 *
 * @param areChunks Whether sums of chunks are kept, for `mergeChunks` to add up.
 */
const kernel = (areChunks: boolean): Kernel => ({
  name: areChunks ? "attend_cached chunks" : "attend_cached",
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
  chunks: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> query: array<Stored>;
@group(0) @binding(2) var<storage, read> keys: array<Stored>;
@group(0) @binding(3) var<storage, read> values: array<Stored>;
@group(0) @binding(4) var<storage, read> seen: array<i32>;
@group(0) @binding(5) var<storage, read_write> y: array<${areChunks ? "f32" : "Stored"}>;

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
  let number = lineOf(group, groups);
  if (number >= shape.all * shape.chunks) {
    return;
  }
  let at = number / shape.chunks;
  let low = number % shape.chunks * ${CHUNK_KEYS};
  let high = select(min(shape.listed, low + ${CHUNK_KEYS}), shape.listed, shape.chunks == 1);
  let row = at / shape.heads;
  let h = at % shape.heads;
  let keyHead = h * shape.keyHeads / shape.heads;
  let first = row / shape.rows * shape.capacity;
  let list = row * shape.listed % max(1, shape.indices);
  var maximum = NOTHING;
  var sum = 0.0;
${columns((i) => `  var y${i} = 0.0;\n`)}\
  for (var tile = low; tile < high; tile += ${TILE}) {
    var start = -1;
    var score = 0.0;
    if (tile + local < high) {
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
    for (var j = 0u; j < min(${TILE}, high - tile); j++) {
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
${
    areChunks
      ? `  let to = number * (shape.width + 2);
  if (local == 0) {
    y[to] = maximum;
    y[to + 1] = numbers[0];
  }
${
        columns((i) =>
          `  if (local + ${TILE * i} < shape.width) {
    y[to + 2 + local + ${TILE * i}] = y${i};
  }
`
        )
      }`
      : `  // Zeros if nothing was seen, even if the query is NaN, and NaN if all scores are −∞.
  let total = numbers[0];
  let divisor = select(total, bitcast<f32>(0x7fc00000 | shape.all), total == 0);
${
        columns((i) =>
          `  if (local + ${TILE * i} < shape.width) {
    y[at * shape.width + local + ${TILE * i}] =
      stored(select(y${i} / divisor, 0, maximum == NOTHING));
  }
`
        )
      }`
  }}
`,
});

const KERNEL = kernel(false);
const KERNEL_OF_CHUNKS = kernel(true);

/** `softmax(q·k·scale)·v` over listed rows of a cache; see cpu/attend_cached.ts. */
export const attendCached: GpuKernel<"attendCached"> = (
  { query, keys, values, seen },
  { buffer: y },
  { batch, rows, capacity, listed, indices, heads, width, keyHeads, scale },
  { allocate },
) => {
  if (width > WIDEST_HEAD) {
    throw new RangeError(
      `attendCached: head width ${width}, wanted at most ${WIDEST_HEAD} on webgpu`,
    );
  }
  const all = batch * rows * heads;
  const chunks = chunksOf(listed, all);
  const state = chunks > 1 ? allocate(all * chunks * (width + 2)) : undefined;
  const attended = {
    kernel: state ? KERNEL_OF_CHUNKS : KERNEL,
    words: [
      ...[all, rows, capacity, listed, indices],
      ...[heads, width, keyHeads, floatWord(scale), chunks],
    ],
    buffers: [query.buffer, keys.buffer, values.buffer, seen.buffer, state ?? y],
    groups: line(all * chunks),
    work: 2 * UNTILED * all * listed * width,
  };
  const sizes = { batch, rows, heads, width };
  return state
    ? [attended, mergeChunks({ state, y }, sizes, { first: 0, count: rows }, chunks)]
    : [attended];
};
