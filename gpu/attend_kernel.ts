/**
 * The kernel of attention over spans of keys.
 *
 * @module
 */
import { attendOperands, loadEither, type OperandVariant } from "./attend_operands_kernel.ts";
import type { Kernel } from "./machine/commands.ts";

/** Query rows of a tile. */
export const TILE_ROWS = 32;

/** Depths of keys and columns of values that go through workgroup memory at a time. */
export const COLUMNS = 32;

/** Keys of a chunk, where few queries see many keys. */
export const CHUNK_KEYS = 512;

/** Rows of an invocation; its sums are unrolled to stay in registers. */
const OWN = TILE_ROWS / 8;

/** Sizes that are compiled into the program. */
export interface AttendVariant extends OperandVariant {
  /** Width of a head, in steps of 32. */
  readonly columns: number;
  /** Keys of a tile: 32 or 64. */
  readonly keys: number;
  /** Whether queries stay in workgroup memory; else they are loaded for each tile of keys. */
  readonly isResident: boolean;
  /** Vectors that an inner loop multiplies before it jumps: 1 or 2. */
  readonly unroll: number;
  /** WGSL of `keptEntries`, if weights are dropped. */
  readonly kept: string | undefined;
}

/**
 * Chooses the size of tiles: the larger they are, the fewer barriers and loads there are for each
 * key.
 *
 * @param columns Width of a head, in steps of 32.
 * @param bytes Workgroup memory that the device has.
 * @returns The sizes: 25 KiB for heads of width 64 where there is so much, less than 16 KiB else.
 */
export function attendTile(
  columns: number,
  bytes: number,
): Pick<AttendVariant, "keys" | "isResident"> {
  const sizes = [64, 32].flatMap((keys) =>
    [true, false].map((isResident) => ({ keys, isResident }))
  );
  const needed = ({ keys, isResident }: typeof sizes[number]) =>
    4 * (TILE_ROWS * (keys + 8 + (isResident ? COLUMNS * columns : 0)) + keys * (COLUMNS + 1));
  return sizes.find((tile) => needed(tile) <= bytes) ?? sizes[sizes.length - 1];
}

const kernels = new Map<string, Kernel>();

/**
 * One workgroup of 8×8 invocations per tile of 32 queries of one head; it loops over tiles of keys.
 *
 * An invocation computes the scores of every eighth row and every eighth key, and of the result
 * every eighth row and vectors of four columns. Vectors of four depths (of queries and keys), of
 * four keys (of weights) or of four columns (of values) lie in workgroup memory, so that
 * neighbouring invocations read neighbouring vectors. Where neighbours would store into the same
 * bank, those of a vector `v` change places, `place ^ v`.
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
  const { columns, keys, isResident, unroll, isWhole, isChain, kept } = variant;
  const name = `attend ${columns} ${keys} ${unroll}${isResident ? " resident" : ""}` +
    `${isWhole ? "" : " scalar"}${isChain ? " chain" : ""}${kept ? " dropout" : ""}`;
  let kernel = kernels.get(name);
  if (!kernel) kernels.set(name, kernel = { name, code: codeFor(variant) });
  return kernel;
}

function codeFor(variant: AttendVariant): string {
  const { columns, keys, isResident, unroll, isWhole, isChain, kept } = variant;
  const list = (count: number, text: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => text(i)).join("");
  const rows = (text: (i: number) => string) => list(OWN, text);
  const parts = (text: (i: number, c: number) => string) =>
    list(columns, (c) => rows((i) => text(i, c)));
  /** Groups of four keys of an invocation: x + 32·g, and 8, 16, 24 more. */
  const groups = (text: (g: number) => string) => list(keys / 32, text);
  const both = (text: (i: number, g: number) => string) => rows((i) => groups((g) => text(i, g)));
  /** The eight vectors of a step, some spelled out at a time. */
  const vectors = (text: (vector: string) => string) =>
    `for (var at = 0; at < 8; at += ${unroll}) {\n${
      list(unroll, (u) =>
        `{\nlet vector = at + ${u};
${text("vector")}}\n`)
    }}\n`;
  const joined = (values: string[]) => values.join(", ");
  const queries = isResident ? "queries" : "left";
  const loadQueries = (chunk: string) =>
    rows((i) =>
      `        var q${i} = vec4<f32>();
        if (firstRow + row + ${8 * i} < shape.count) {
          q${i} = queryAt(tileAt + (row + ${8 * i}) * stride, ${COLUMNS} * (${chunk}) + 4 * x);
        }
        ${queries}[${isResident ? `8 * (${chunk}) + ` : ""}x][${i}][row ^ x] = q${i};
`
    );
  return /* wgsl */ `${attendOperands({ isWhole, isChain })}${kept ?? ""}
/**
 * The maximum before any key is seen, and the lowest one after; not infinite, as differences of
 * infinities are NaN. A score of −∞ has no weight.
 */
const NOTHING: f32 = -3.4028234e38;
const LOWEST: f32 = -3.4e38;

${
    isResident
      ? `/** Queries, [vectors of depths, rows]. */
var<workgroup> queries: array<array<array<vec4<f32>, 8>, ${OWN}>, ${8 * columns}>;
`
      : ""
  }\
/** Weights, [vectors of keys, rows]; before them queries that do not stay. */
var<workgroup> left: array<array<array<vec4<f32>, 8>, ${OWN}>, ${keys / 4}>;
/** Keys, [eights of keys, 8 vectors of depths, keys]; then values, [keys, 8 vectors of columns]. */
var<workgroup> right: array<array<array<vec4<f32>, 8>, 8>, ${keys / 8}>;
/** A value for each row of each invocation. */
var<workgroup> rowNumbers: array<array<array<f32, 8>, 8>, ${OWN}>;
/** 1 for a visible key. */
var<workgroup> counts: array<u32, ${keys}>;

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
${
    isChain
      ? `  let tiles = (shape.count + ${TILE_ROWS - 1}) / ${TILE_ROWS};
  let chunk = i32(group.x) / tiles;
  let firstRow = i32(group.x) % tiles * ${TILE_ROWS};
  let low = chunk * ${CHUNK_KEYS};
  let high = select(low + ${CHUNK_KEYS}, 0x7fffffff, shape.chunks == 1);
`
      : `  let firstRow = i32(group.x) * ${TILE_ROWS};
`
  }\
  let position = shape.position + firstRow;
  let lastPosition = shape.position + min(firstRow + ${TILE_ROWS}, shape.count) - 1;
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
      let at = stateAt(b, firstRow + row + ${8 * i}, h, chunk);
      maximum${i} = state[at];
      sum${i} = select(0, state[at + 1], x == 0);
${list(columns, (c) => `      y${i}_${c} = stateFour(at + 2, ${c * COLUMNS} + 4 * x);\n`)}    }
`
        )
      }    // One invocation writes what the eight of a row have read.
    storageBarrier();
  }
`
      : ""
  }\
${
    isResident
      ? `  for (var chunk = 0; chunk < ${columns}; chunk++) {\n${loadQueries("chunk")}  }\n`
      : ""
  }\
  for (var n = 0; n < shape.spans; n++) {
    let highest = ${isChain ? "min(high, spanEnd(n, lastPosition))" : "spanEnd(n, lastPosition)"};
    let lowest = ${isChain ? "max(low, spanStart(n, position))" : "spanStart(n, position)"};
    for (var key = lowest; key < highest; key += ${keys}) {
      if (index < ${keys}) {
        let entry = key + i32(index);
        counts[index] = select(0u, 1u, entry < highest && isVisible(n, min(entry, highest - 1), b, h));
      }
      workgroupBarrier();
      let keyAt = (b * shape.span[n].rows + shape.span[n].first + key) * keyStride +
        keyHead * shape.width;
${both((i, g) => `      var scores${i}_${g} = vec4<f32>();\n`)}\
      for (var chunk = 0; chunk < ${columns}; chunk++) {
        let d = ${COLUMNS} * chunk + 4 * x;
${isResident ? "" : loadQueries("chunk")}\
        for (var j = row; j < ${keys}; j += 8) {
          var four = vec4<f32>();
          if (counts[j] == 1) {
${loadEither("keys", "moreKeys", isChain)}\
          }
          right[j / 8][x][row ^ x] = four;
        }
        workgroupBarrier();
        ${
    vectors((vector) =>
      groups((g) =>
        list(4, (j) => `let k${4 * g + j} = right[${4 * g + j}][${vector}][x ^ ${vector}];\n`) +
        [..."xyzw"].map((d) =>
          `let k${d}${g} = vec4<f32>(${joined([0, 1, 2, 3].map((j) => `k${4 * g + j}.${d}`))});\n`
        ).join("")
      ) +
      rows((i) =>
        `let q${i} = ${queries}[${
          isResident ? "8 * chunk + " : ""
        }${vector}][${i}][row ^ ${vector}];\n` +
        groups((g) =>
          [..."xyzw"].map((d) =>
            `scores${i}_${g} = fma(vec4<f32>(q${i}.${d}), k${d}${g}, scores${i}_${g});\n`
          ).join("")
        )
      )
    )
  }\
        workgroupBarrier();
      }
${
    groups((g) =>
      `      let entries${g} = vec4<i32>(key + x) + vec4<i32>(${
        joined([0, 8, 16, 24].map((j) => `${32 * g + j}`))
      });
      let counted${g} = vec4<bool>(${
        joined([0, 8, 16, 24].map((j) => `counts[x + ${32 * g + j}] == 1`))
      });
`
    )
  }\
${
    rows((i) =>
      `      let position${i} = position + row + ${8 * i};
      let start${i} = vec4<i32>(spanStart(n, position${i}));
      let end${i} = vec4<i32>(spanEnd(n, position${i}));
      var largest${i} = vec4<f32>(NOTHING);
${
        groups((g) =>
          `      let seen${i}_${g} =
        counted${g} & (entries${g} >= start${i}) & (entries${g} < end${i});
      scores${i}_${g} *= shape.scale;
      largest${i} = max(
        largest${i},
        select(vec4<f32>(NOTHING), max(scores${i}_${g}, vec4<f32>(LOWEST)), seen${i}_${g}),
      );
`
        )
      }\
      rowNumbers[${i}][row][x] =
        max(max(largest${i}.x, largest${i}.y), max(largest${i}.z, largest${i}.w));
`
    )
  }\
      workgroupBarrier();
${
    rows((i) =>
      `      var next${i} = maximum${i};
      for (var other = 0; other < 8; other++) {
        next${i} = max(next${i}, rowNumbers[${i}][row][other]);
      }
      let shrink${i} = exp(maximum${i} - next${i});
      maximum${i} = next${i};
      sum${i} *= shrink${i};
${
        groups((g) =>
          `      let weights${i}_${g} =
        select(vec4<f32>(), exp(scores${i}_${g} - next${i}), seen${i}_${g});
      sum${i} += dot(weights${i}_${g}, vec4<f32>(1));
      left[${8 * g} + x][${i}][row ^ x] = weights${i}_${g}${
            kept
              ? ` *
        keptEntries(b, h, firstRow + row + ${8 * i}, entries${g} + shape.span[n].number)`
              : ""
          };
`
        )
      }`
    )
  }\
${parts((i, c) => `      y${i}_${c} *= shrink${i};\n`)}\
${
    list(columns, (c) =>
      `      for (var j = row; j < ${keys}; j += 8) {
        let d = ${c * COLUMNS} + 4 * x;
        var four = vec4<f32>();
        if (counts[j] == 1) {
${loadEither("values", "moreValues", isChain)}\
        }
        right[j / 8][row][x] = four;
      }
      workgroupBarrier();
      ${
        vectors((vector) =>
          groups((g) =>
            `{\n${list(4, (j) => `let v${j} = right[${4 * g + j}][${vector}][x];\n`)}${
              rows((i) =>
                `let p${i} = left[${8 * g} + ${vector}][${i}][row ^ ${vector}];\n` +
                [..."xyzw"].map((d, j) =>
                  `y${i}_${c} = fma(vec4<f32>(p${i}.${d}), v${j}, y${i}_${c});\n`
                ).join("")
              )
            }}\n`
          )
        )
      }\
      workgroupBarrier();
`)
  }    }
  }
  // The eight sums of each row.
${rows((i) => `  rowNumbers[${i}][row][x] = sum${i};\n`)}\
  workgroupBarrier();
${
    rows((i) =>
      `  sum${i} = 0;
  for (var other = 0; other < 8; other++) {
    sum${i} += rowNumbers[${i}][row][other];
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
      let at = stateAt(b, firstRow + row + ${8 * i}, h, chunk);
      if (x == 0) {
        state[at] = maximum${i};
        state[at + 1] = sum${i};
      }
${list(columns, (c) => `      keepFour(at + 2, ${c * COLUMNS} + 4 * x, y${i}_${c});\n`)}    }
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
              c * COLUMNS
            } + 4 * x, y${i}_${c}, sum${i}, isEmpty${i});\n`,
        )
      }  }
`
    )
  }}
`;
}
