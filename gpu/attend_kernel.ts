/**
 * The kernel of attention over spans of keys.
 *
 * @module
 */
import { attendOperands, loadEither, type OperandVariant } from "./attend_operands_kernel.ts";
import { WORDS } from "./dropout.ts";
import type { Kernel } from "./machine/commands.ts";

/** Keys of a tile, and columns of values that a row of invocations holds at a time. */
export const KEYS = 32;

/** Sizes that are compiled into the program. */
export interface AttendVariant extends OperandVariant {
  /** Query rows of a tile: 32 or 64. */
  readonly tileRows: number;
  /** Width of a head, in steps of 32. */
  readonly columns: number;
  /** Whether weights are dropped. */
  readonly drops: boolean;
}

const kernels = new Map<string, Kernel>();

/** WGSL: the factors of dropout of four entries of a row of the part. */
const KEPT = /* wgsl */ `
fn keptEntries(b: i32, h: i32, row: i32, entries: vec4<i32>) -> vec4<f32> {
  let number = (b * shape.heads + h) * shape.rows + shape.first + row;
  let key = subkey(shape.dropoutKey, u32(number));
  let isKept = vec4<bool>(
    subkey(key, u32(entries.x) + 1u) >= shape.threshold,
    subkey(key, u32(entries.y) + 1u) >= shape.threshold,
    subkey(key, u32(entries.z) + 1u) >= shape.threshold,
    subkey(key, u32(entries.w) + 1u) >= shape.threshold,
  );
  return select(vec4<f32>(), vec4<f32>(shape.factor), isKept);
}
`;

/**
 * One workgroup of 8×8 invocations per tile of queries of one head; it loops over tiles of 32 keys.
 *
 * An invocation computes the scores of every eighth row and every eighth key, and of the result
 * every eighth row and vectors of four columns. Vectors of four depths (of queries and keys), of
 * four keys (of weights) or of four columns (of values) lie in workgroup memory, so that
 * neighbouring invocations read neighbouring vectors; the queries' memory is reused for the
 * weights, the keys' for the values: 14.1 KiB for tiles of 64 rows, within the 16 KiB that WebGPU
 * guarantees.
 *
 * The softmax is online, as in the reference: a maximum per row, and sums that are scaled down when
 * it rises (Milakov and Gimelshein, 2018; Dao et al., 2022). Each invocation adds up the weights of
 * its own keys; the eight sums of a row are added at the end. Masked keys and values are never
 * read.
 *
 * @param variant Sizes that are known when the kernel is compiled.
 * @returns The kernel.
 */
export function attendKernel(variant: AttendVariant): Kernel {
  const { tileRows, columns, isWhole, isChain, drops } = variant;
  const name =
    `attend ${tileRows} ${columns}${isWhole ? "" : " scalar"}${isChain ? " chain" : ""}` +
    (drops ? " dropout" : "");
  let kernel = kernels.get(name);
  if (!kernel) kernels.set(name, kernel = { name, code: codeFor(variant) });
  return kernel;
}

function codeFor({ tileRows, columns, isWhole, isChain, drops }: AttendVariant): string {
  const own = tileRows / 8; // rows of an invocation; its sums are unrolled to stay in registers
  const list = (count: number, text: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => text(i)).join("");
  const rows = (text: (i: number) => string) => list(own, text);
  const parts = (text: (i: number, c: number) => string) =>
    list(columns, (c) => rows((i) => text(i, c)));
  return /* wgsl */ `${attendOperands({ isWhole, isChain })}${drops ? WORDS + KEPT : ""}
/**
 * The maximum before any key is seen, and the lowest one after; not infinite, as differences of
 * infinities are NaN. A score of −∞ has no weight.
 */
const NOTHING: f32 = -3.4028234e38;
const LOWEST: f32 = -3.4e38;

/** Queries, [8 vectors of depths, rows]; then weights, [8 vectors of keys, rows]. */
var<workgroup> left: array<vec4<f32>, ${8 * tileRows}>;
/** Keys, [8 vectors of depths, keys]; then values, [keys, 8 vectors of columns]. */
var<workgroup> right: array<vec4<f32>, ${8 * KEYS}>;
/** A value for each row of each invocation. */
var<workgroup> rowNumbers: array<f32, ${8 * tileRows}>;
/** 1 for a visible key. */
var<workgroup> counts: array<u32, ${KEYS}>;

/** First entry that the query at a position sees; queries after it see none before. */
fn spanStart(n: i32, position: i32) -> i32 {
  return max(0, position / shape.span[n].block * shape.span[n].stride + shape.span[n].start);
}

/** Entry after the last that it sees. */
fn spanEnd(n: i32, position: i32) -> i32 {
  let shift = position / shape.span[n].block * shape.span[n].stride;
  let end = min(shape.span[n].count, shift + shape.span[n].end);
  return select(end, min(end, position + 1), shape.span[n].causal == 1);
}

/** Whether an entry is not masked. */
fn isVisible(n: i32, entry: i32, b: i32, h: i32) -> bool {
  if (shape.span[n].masked == 0) {
    return true;
  }
  let row = select(b, b * shape.heads + h, shape.span[n].masked == 2);
  let at = row * shape.span[n].count + entry;
${
    isChain ? "  return mask[at] == 1;" : `  if (shape.span[n].list == 1) {
    return moreMask[at] == 1;
  }
  return mask[at] == 1;`
  }
}

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(local_invocation_index) index: u32,
) {
  let h = i32(group.y);
  let b = i32(group.z);
  let x = i32(local.x);
  let row = i32(local.y);
  let firstRow = i32(group.x) * ${tileRows};
  let position = shape.position + firstRow;
  let lastPosition = shape.position + min(firstRow + ${tileRows}, shape.count) - 1;
  let stride = shape.heads * shape.width;
  let tileAt = (b * shape.rows + shape.first + firstRow) * stride + h * shape.width;
  let keyStride = shape.keyHeads * shape.width;
  let keyHead = h * shape.keyHeads / shape.heads;
${rows((i) => `  var maximum${i} = NOTHING;\n  var sum${i} = 0.0;\n`)}\
${parts((i, c) => `  var y${i}_${c} = vec4<f32>();\n`)}\
${
    isChain
      ? `  if (shape.isFirst == 0) {
${
        rows((i) =>
          `    if (firstRow + row + ${8 * i} < shape.count) {
      let at = stateAt(b, firstRow + row + ${8 * i}, h);
      maximum${i} = state[at];
      sum${i} = select(0, state[at + 1], x == 0);
${list(columns, (c) => `      y${i}_${c} = stateFour(at + 2, ${c * KEYS} + 4 * x);\n`)}    }
`
        )
      }  }
`
      : ""
  }\
  for (var n = 0; n < shape.spans; n++) {
    let highest = spanEnd(n, lastPosition);
    for (var key = spanStart(n, position); key < highest; key += ${KEYS}) {
      if (index < ${KEYS}) {
        let entry = key + i32(index);
        counts[index] = select(0u, 1u, entry < highest && isVisible(n, min(entry, highest - 1), b, h));
      }
      workgroupBarrier();
      let keyAt = (b * shape.span[n].rows + shape.span[n].first + key) * keyStride +
        keyHead * shape.width;
${rows((i) => `      var scores${i} = vec4<f32>();\n`)}\
      for (var depth = 0; depth < shape.width; depth += ${KEYS}) {
        let d = depth + 4 * x;
${
    rows((i) =>
      `        var q${i} = vec4<f32>();
        if (firstRow + row + ${8 * i} < shape.count) {
          q${i} = queryAt(tileAt + (row + ${8 * i}) * stride, d);
        }
        left[x * ${tileRows} + row + ${8 * i}] = q${i};
`
    )
  }\
        for (var j = row; j < ${KEYS}; j += 8) {
          var four = vec4<f32>();
          if (counts[j] == 1) {
${loadEither("keys", "moreKeys", isChain)}\
          }
          right[x * ${KEYS} + j] = four;
        }
        workgroupBarrier();
        for (var vector = 0; vector < 8; vector++) {
          let atKeys = vector * ${KEYS} + x;
          let k0 = right[atKeys];
          let k1 = right[atKeys + 8];
          let k2 = right[atKeys + 16];
          let k3 = right[atKeys + 24];
${
    rows((i) =>
      `          let four${i} = left[vector * ${tileRows} + row + ${8 * i}];
          scores${i} += vec4<f32>(dot(four${i}, k0), dot(four${i}, k1), dot(four${i}, k2), dot(four${i}, k3));
`
    )
  }        }
        workgroupBarrier();
      }
      let entries = vec4<i32>(key + x) + vec4<i32>(0, 8, 16, 24);
      let counted = vec4<bool>(
        counts[x] == 1, counts[x + 8] == 1, counts[x + 16] == 1, counts[x + 24] == 1,
      );
${
    rows((i) =>
      `      let position${i} = position + row + ${8 * i};
      let seen${i} = counted & (entries >= vec4<i32>(spanStart(n, position${i}))) &
        (entries < vec4<i32>(spanEnd(n, position${i})));
      scores${i} *= shape.scale;
      let seenScores${i} =
        select(vec4<f32>(NOTHING), max(scores${i}, vec4<f32>(LOWEST)), seen${i});
      rowNumbers[x * ${tileRows} + row + ${8 * i}] =
        max(max(seenScores${i}.x, seenScores${i}.y), max(seenScores${i}.z, seenScores${i}.w));
`
    )
  }\
      workgroupBarrier();
${
    rows((i) =>
      `      var next${i} = maximum${i};
      for (var other = 0; other < 8; other++) {
        next${i} = max(next${i}, rowNumbers[other * ${tileRows} + row + ${8 * i}]);
      }
      let shrink${i} = exp(maximum${i} - next${i});
      maximum${i} = next${i};
      let weights${i} = select(vec4<f32>(), exp(scores${i} - next${i}), seen${i});
      sum${i} = sum${i} * shrink${i} + dot(weights${i}, vec4<f32>(1));
      left[x * ${tileRows} + row + ${8 * i}] = weights${i}${
        drops
          ? ` * keptEntries(b, h, firstRow + row + ${8 * i}, entries + shape.span[n].number)`
          : ""
      };
`
    )
  }\
${parts((i, c) => `      y${i}_${c} *= shrink${i};\n`)}\
${
    list(columns, (c) =>
      `      for (var j = row; j < ${KEYS}; j += 8) {
        let d = ${c * KEYS} + 4 * x;
        var four = vec4<f32>();
        if (counts[j] == 1) {
${loadEither("values", "moreValues", isChain)}\
        }
        right[j * 8 + x] = four;
      }
      workgroupBarrier();
      for (var vector = 0; vector < 8; vector++) {
        let v0 = right[vector * 8 + x];
        let v1 = right[(vector + 8) * 8 + x];
        let v2 = right[(vector + 16) * 8 + x];
        let v3 = right[(vector + 24) * 8 + x];
${
        rows((i) =>
          `        let four${i} = left[vector * ${tileRows} + row + ${8 * i}];
        y${i}_${c} += four${i}.x * v0 + four${i}.y * v1 + four${i}.z * v2 + four${i}.w * v3;
`
        )
      }      }
      workgroupBarrier();
`)
  }    }
  }
  // The eight sums of each row.
${rows((i) => `  rowNumbers[x * ${tileRows} + row + ${8 * i}] = sum${i};\n`)}\
  workgroupBarrier();
${
    rows((i) =>
      `  sum${i} = 0;
  for (var other = 0; other < 8; other++) {
    sum${i} += rowNumbers[other * ${tileRows} + row + ${8 * i}];
  }
`
    )
  }\
${
    isChain
      ? `  if (shape.isLast == 0) {
${
        rows((i) =>
          `    if (firstRow + row + ${8 * i} < shape.count) {
      let at = stateAt(b, firstRow + row + ${8 * i}, h);
      if (x == 0) {
        state[at] = maximum${i};
        state[at + 1] = sum${i};
      }
${list(columns, (c) => `      keepFour(at + 2, ${c * KEYS} + 4 * x, y${i}_${c});\n`)}    }
`
        )
      }    return;
  }
`
      : ""
  }\
${
    rows((i) =>
      `  if (firstRow + row + ${8 * i} < shape.count) {
    var isEmpty${i} = maximum${i} == NOTHING;
${
        isChain
          ? `    if (shape.hasQueryMask == 1 &&
      queryMask[b * shape.rows + shape.first + firstRow + row + ${8 * i}] == 0) {
      isEmpty${i} = true;
    }
`
          : ""
      }\
${
        list(
          columns,
          (c) =>
            `    put(tileAt + (row + ${8 * i}) * stride, ${
              c * KEYS
            } + 4 * x, y${i}_${c}, sum${i}, isEmpty${i});\n`,
        )
      }  }
`
    )
  }}
`;
}
