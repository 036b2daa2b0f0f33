/**
 * The largest scores of each row.
 *
 * @module
 */
import type { GpuKernel } from "./kernel.ts";
import {
  type Command,
  invocations,
  type Kernel,
  line,
  MAIN,
  WORKGROUP,
} from "./machine/commands.ts";

/** Scores that a workgroup sorts: four an invocation. */
const CHUNK = 4 * WORKGROUP;

/** Sizes, and the sorting of a chunk. */
const SORT = /* wgsl */ `
struct Shape {
  rows: u32,
  /** Scores of a row, or candidates. */
  columns: u32,
  /** How many of a chunk are kept. */
  count: u32,
  /** Chunks of a row. */
  chunks: u32,
  /** The first row of the result. */
  first: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;

/** Scores as integers of the same order, the largest first after sorting, and their columns. */
var<workgroup> keys: array<u32, ${CHUNK}>;
var<workgroup> columns: array<u32, ${CHUNK}>;

/** Whether the place i has to come before the place j: a larger key, or the lower column. */
fn isBefore(i: u32, j: u32) -> bool {
  return keys[i] > keys[j] || (keys[i] == keys[j] && columns[i] < columns[j]);
}

/** Sorts the chunk (bitonic; Batcher, 1968). */
fn sortChunk(local: u32) {
  for (var size = 2u; size <= ${CHUNK}; size *= 2) {
    for (var step = size / 2; step > 0; step /= 2) {
      workgroupBarrier();
      for (var pair = local; pair < ${CHUNK / 2}; pair += ${WORKGROUP}) {
        let i = 2 * step * (pair / step) + pair % step;
        let j = i + step;
        if (isBefore(j, i) == ((i & size) == 0)) {
          let key = keys[i];
          let column = columns[i];
          keys[i] = keys[j];
          columns[i] = columns[j];
          keys[j] = key;
          columns[j] = column;
        }
      }
    }
  }
  workgroupBarrier();
}
`;

const ENTRY = /* wgsl */ `
@compute @workgroup_size(${WORKGROUP})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let g = lineOf(group, groups);
  if (g >= shape.rows * shape.chunks) {
    return;
  }
  let row = g / shape.chunks;
  let start = g % shape.chunks * ${CHUNK};
  /** The chunk among those of all rows of the result. */
  let to = shape.first * shape.chunks + g;
`;

const KEEP = /* wgsl */ `
  sortChunk(local);
  for (var i = local; i < shape.count; i += ${WORKGROUP}) {
    kept[to * shape.count + i] = vec2<u32>(keys[i], columns[i]);
  }
`;

/** One workgroup a chunk of a row: its largest scores; its maximum, and the sum of exponentials. */
const FIRST: Kernel = {
  name: "top_scores first",
  code: /* wgsl */ `${SORT}
@group(0) @binding(1) var<storage, read> scores: array<Stored>;
/** [rows, chunks, count]: keys and columns. */
@group(0) @binding(2) var<storage, read_write> kept: array<vec2<u32>>;
/** [rows, chunks]: the maximum, and the sum; −1 if a score is NaN or infinite. */
@group(0) @binding(3) var<storage, read_write> sums: array<vec2<f32>>;

var<workgroup> numbers: array<f32, ${WORKGROUP}>;
var<workgroup> isBad: atomic<u32>;

/** Below all finite scores. */
const NOTHING: f32 = -3.4028234e38;

/** An integer of the same order: 1 or more; both zeros are one. */
fn keyOf(score: f32) -> u32 {
  let bits = select(bitcast<u32>(score), 0, score == 0);
  return select(bits | 0x80000000, ~bits, (bits >> 31) == 1);
}
${ENTRY}
  var top = NOTHING;
  for (var i = local; i < ${CHUNK}; i += ${WORKGROUP}) {
    keys[i] = 0;
    columns[i] = 0xffffffff;
    if (start + i < shape.columns) {
      let score = f32(scores[row * shape.columns + start + i]);
      let bits = bitcast<u32>(score);
      if ((bits & 0x7fffffff) > 0x7f800000 || bits == 0x7f800000) {
        atomicOr(&isBad, 1);
      }
      keys[i] = keyOf(score);
      columns[i] = start + i;
      top = max(top, select(score, NOTHING, bits == 0xff800000));
    }
  }
  numbers[local] = top;
  for (var half = ${WORKGROUP / 2}u; half > 0; half /= 2) {
    workgroupBarrier();
    if (local < half) {
      numbers[local] = max(numbers[local], numbers[local + half]);
    }
  }
  workgroupBarrier();
  top = numbers[0];
  workgroupBarrier();
  var sum = 0.0;
  for (var i = local; i < ${CHUNK} && start + i < shape.columns; i += ${WORKGROUP}) {
    let score = f32(scores[row * shape.columns + start + i]);
    if (bitcast<u32>(score) != 0xff800000) {
      sum += exp(score - top);
    }
  }
  numbers[local] = sum;
  for (var half = ${WORKGROUP / 2}u; half > 0; half /= 2) {
    workgroupBarrier();
    if (local < half) {
      numbers[local] += numbers[local + half];
    }
  }
  workgroupBarrier();
  if (local == 0) {
    sums[to] = vec2<f32>(top, select(numbers[0], -1, atomicLoad(&isBad) == 1));
  }
${KEEP}}
`,
};

/** The same of candidates: one workgroup a chunk of those of a row. */
const NEXT: Kernel = {
  name: "top_scores next",
  code: /* wgsl */ `${SORT}
/** [rows, columns] */
@group(0) @binding(1) var<storage, read> candidates: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read_write> kept: array<vec2<u32>>;
${ENTRY}
  for (var i = local; i < ${CHUNK}; i += ${WORKGROUP}) {
    keys[i] = 0;
    columns[i] = 0xffffffff;
    if (start + i < shape.columns) {
      let candidate = candidates[row * shape.columns + start + i];
      keys[i] = candidate.x;
      columns[i] = candidate.y;
    }
  }
${KEEP}}
`,
};

/** One invocation a score that is kept. */
const LAST: Kernel = {
  name: "top_scores last",
  code: /* wgsl */ `
struct Shape {
  rows: u32,
  columns: u32,
  count: u32,
  chunks: u32,
  first: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> scores: array<Stored>;
/** [rows, count] */
@group(0) @binding(2) var<storage, read> kept: array<vec2<u32>>;
/** [rows, chunks] */
@group(0) @binding(3) var<storage, read> sums: array<vec2<f32>>;
@group(0) @binding(4) var<storage, read_write> values: array<Stored>;
@group(0) @binding(5) var<storage, read_write> indices: array<i32>;
@group(0) @binding(6) var<storage, read_write> logSum: array<Stored>;
${MAIN}
  let row = i / shape.count;
  if (row >= shape.rows) {
    return;
  }
  let to = shape.first * shape.count + i;
  let column = min(kept[to].y, shape.columns - 1);
  indices[to] = i32(column);
  values[to] = scores[row * shape.columns + column];
  if (i % shape.count > 0) {
    return;
  }
  let start = (shape.first + row) * shape.chunks;
  var top = sums[start].x;
  for (var chunk = 1u; chunk < shape.chunks; chunk++) {
    top = max(top, sums[start + chunk].x);
  }
  var sum = 0.0;
  var isBad = false;
  for (var chunk = 0u; chunk < shape.chunks; chunk++) {
    let part = sums[start + chunk];
    isBad = isBad || part.y < 0;
    sum += part.y * exp(part.x - top);
  }
  // NaN by its bits, which no compiler can assume away.
  let nan = bitcast<f32>(0x7fc00000 | shape.rows);
  logSum[shape.first + row] = stored(select(top + log(sum), nan, isBad || sum == 0));
}
`,
};

/**
 * The \`count\` largest scores of each row and \`log Σ exp(x)\`; see cpu/top_scores.ts.
 *
 * Chunks of 1,024 scores are sorted, and what is kept of them is sorted again in chunks until a row
 * has one: as at most 256 are kept, each round leaves a quarter or less.
 */
export const topScores: GpuKernel<"topScores"> = (
  { scores },
  { values, indices, logSum },
  { rows, columns, count },
  { allocate },
) => {
  const commands: Command[] = [];
  const first = Math.ceil(columns / CHUNK);
  const sums = allocate(2 * rows * first);
  let kept = allocate(2 * rows * first * count);
  const parts = scores.partsOf(rows, columns);
  for (const part of parts) {
    commands.push({
      kernel: FIRST,
      words: [part.rows, columns, count, first, part.first],
      buffers: [part.buffer, kept, sums],
      groups: line(part.rows * first),
    });
  }
  for (let chunks = first; chunks > 1;) {
    const candidates = chunks * count;
    chunks = Math.ceil(candidates / CHUNK);
    const next = allocate(2 * rows * chunks * count);
    commands.push({
      kernel: NEXT,
      words: [rows, candidates, count, chunks, 0],
      buffers: [kept, next],
      groups: line(rows * chunks),
    });
    kept = next;
  }
  for (const part of parts) {
    commands.push({
      kernel: LAST,
      words: [part.rows, columns, count, first, part.first],
      buffers: [part.buffer, kept, sums, values.buffer, indices.buffer, logSum.buffer],
      groups: invocations(part.rows * count),
    });
  }
  return commands;
};
