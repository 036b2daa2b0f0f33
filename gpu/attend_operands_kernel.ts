/**
 * Operands of the attention kernels.
 *
 * @module
 */

/** Most spans of one call. */
export const MOST_SPANS = 8;

/** Words from the start of one span to the next. */
export const SPAN_WORDS = 12;

/** Variants of how operands are bound and read. */
export interface OperandVariant {
  /** Whether the width of a head is a multiple of 4. */
  readonly isWhole: boolean;
  /** Whether sums are passed on in `state`; such a call has one list of keys and a query mask. */
  readonly isChain: boolean;
}

/**
 * WGSL: the sizes, the operands, and functions that read and write four columns of a row:
 * `queryAt`, `keysAt`, `valuesAt` and `put`; in a chain `stateAt`, `stateFour` and `keepFour`, else
 * `moreKeysAt` and `moreValuesAt`.
 *
 * @param variant The variant.
 * @returns The declarations.
 */
export function attendOperands({ isWhole, isChain }: OperandVariant): string {
  const operand = isWhole ? "vec4<Stored>" : "Stored";
  const load = (name: string) =>
    `fn ${name}At(at: i32, d: i32) -> vec4<f32> {${
      isWhole
        ? `
  return select(vec4<f32>(), vec4<f32>(${name}[(at + d) / 4]), d < shape.width);`
        : `
  return vec4<f32>(${
          [0, 1, 2, 3].map((i) => `
    select(0, f32(${name}[at + d + ${i}]), d + ${i} < shape.width),`).join("")
        }
  );`
    }
}
`;
  return /* wgsl */ `
struct Span {
  /** As in ops/span.ts; causal is 0 or 1. Elements of a uniform array start at 16 bytes. */
  @align(16) block: i32,
  stride: i32,
  start: i32,
  end: i32,
  causal: i32,
  /** The row of its first entry, the number of entries, and rows of a sequence. */
  first: i32,
  count: i32,
  /** 0 without a mask, 1 with one for all heads, 2 with one for each. */
  masked: i32,
  rows: i32,
  /** Number of its list of keys, 0 or 1. */
  list: i32,
  /** Number of its first entry among those of its part. */
  number: i32,
}
struct Shape {
  rows: i32,
  heads: i32,
  width: i32,
  keyHeads: i32,
  /** The part's first query row, the number of rows, and the position of the first. */
  first: i32,
  count: i32,
  position: i32,
  scale: f32,
  spans: i32,
  isFirst: i32,
  isLast: i32,
  hasQueryMask: i32,
  /** Dropout: the key, below which word weights are dropped, and the factor of the others. */
  dropoutKey: u32,
  threshold: u32,
  factor: f32,
  /** Chunks of keys, of which each has sums of its own; 1: keys are not divided. */
  chunks: i32,
  span: array<Span, ${MOST_SPANS}>,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> query: array<${operand}>;
@group(0) @binding(2) var<storage, read> keys: array<${operand}>;
@group(0) @binding(3) var<storage, read> values: array<${operand}>;
@group(0) @binding(4) var<storage, read> mask: array<i32>;
${
    isChain
      ? `@group(0) @binding(5) var<storage, read> queryMask: array<i32>;
@group(0) @binding(6) var<storage, read_write> y: array<${operand}>;
/**
 * [batch, rows, heads, width + 2]: maximum, sum of weights, weighted sums; of chunks of keys those of
 * the part's rows alone, [batch, count, heads, chunks, width + 2].
 */
@group(0) @binding(7) var<storage, read_write> state: array<f32>;`
      : `@group(0) @binding(5) var<storage, read> moreKeys: array<${operand}>;
@group(0) @binding(6) var<storage, read> moreValues: array<${operand}>;
@group(0) @binding(7) var<storage, read> moreMask: array<i32>;
@group(0) @binding(8) var<storage, read_write> y: array<${operand}>;`
  }

${load("query")}${load("keys")}${load("values")}${
    isChain ? "" : load("moreKeys") + load("moreValues")
  }
/**
 * Weighted sums over the sum of weights; zeros if no key was seen, even if the query is NaN, and NaN
 * if all scores are −∞.
 */
fn put(at: i32, d: i32, four: vec4<f32>, sum: f32, isEmpty: bool) {
  let divisor = select(sum, bitcast<f32>(0x7fc00000 | u32(shape.count)), sum == 0);
  let value = select(four / divisor, vec4<f32>(), isEmpty);
${
    isWhole
      ? `  if (d < shape.width) {
    y[(at + d) / 4] = vec4(stored(value.x), stored(value.y), stored(value.z), stored(value.w));
  }`
      : [0, 1, 2, 3].map((i) =>
        `  if (d + ${i} < shape.width) {
    y[at + d + ${i}] = stored(value[${i}]);
  }`
      ).join("\n")
  }
}
${
    isChain
      ? `
fn stateAt(b: i32, row: i32, h: i32, chunk: i32) -> i32 {
  let first = select(b * shape.rows + shape.first, b * shape.count, shape.chunks > 1);
  return (((first + row) * shape.heads + h) * shape.chunks + chunk) * (shape.width + 2);
}

fn stateFour(at: i32, d: i32) -> vec4<f32> {
  return vec4<f32>(${
        [0, 1, 2, 3].map((i) => `
    select(0, state[at + d + ${i}], d + ${i} < shape.width),`).join("")
      }
  );
}

fn keepFour(at: i32, d: i32, four: vec4<f32>) {
${
        [0, 1, 2, 3].map((i) =>
          `  if (d + ${i} < shape.width) {
    state[at + d + ${i}] = four[${i}];
  }`
        ).join("\n")
      }
}
`
      : ""
  }`;
}

/**
 * WGSL: loads into `four` a vector of key or value `j` of a tile, from the span's list.
 *
 * @param name The first list.
 * @param more The second one, which a chain does not use.
 * @param isChain As in {@linkcode OperandVariant}.
 * @returns The statement.
 */
export function loadEither(name: string, more: string, isChain: boolean): string {
  const read = (name: string) => `four = ${name}At(keyAt + j * keyStride, d);`;
  if (isChain) return `            ${read(name)}\n`;
  return `            if (shape.span[n].list == 1) {
              ${read(more)}
            } else {
              ${read(name)}
            }
`;
}
