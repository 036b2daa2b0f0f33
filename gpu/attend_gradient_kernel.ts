/**
 * WGSL that the gradients of attention share, and their calls: one for each span.
 *
 * @module
 */
import type { AttendShape } from "../ops/attend_operands.ts";
import type { OperandsOf } from "../ops/run.ts";
import { WORDS } from "./dropout.ts";
import { dropoutWords } from "./dropout_words.ts";
import { expectFloat32 } from "./expect_float32.ts";
import type { Context, GpuRoles } from "./kernel.ts";
import {
  type Command,
  floatWord,
  type Kernel,
  line,
  turnsOf,
  UNTILED,
} from "./machine/commands.ts";

/** Invocations of a workgroup: keys, or queries, whose scores are computed at a time. */
export const TILE = 64;

/** Widest head: each invocation sums up to four columns. */
const WIDEST_HEAD = 256;

/** Query rows and their key sources. */
type Parts = OperandsOf<"attendWithSums", GpuRoles>["parts"];

/** The buffers of a source, and its queries. */
export interface SourceBuffers {
  readonly query: GPUBuffer;
  readonly keys: GPUBuffer;
  readonly values: GPUBuffer;
  /** Any buffer if there is no mask. */
  readonly mask: GPUBuffer;
}

/** WGSL for each of the four columns that an invocation sums. */
export function columns(text: (i: number) => string): string {
  return Array.from({ length: WIDEST_HEAD / TILE }, (_, i) => text(i)).join("");
}

/** WGSL: sizes, the span and the source; which keys are masked, and where they start. */
export const SPAN_SHAPE = /* wgsl */ `
struct Shape {
  /** The call's first workgroup, and the one after its last. */
  firstGroup: u32,
  afterGroup: u32,
  rows: i32,
  heads: i32,
  width: i32,
  keyHeads: i32,
  scale: f32,
  /** The part. */
  first: i32,
  count: i32,
  position: i32,
  /** The source: rows of a sequence, the row of its first entry, and how many entries. */
  keyRows: i32,
  firstEntry: i32,
  entries: i32,
  /** 0 without a mask, 1 with one for all heads, 2 with one for each. */
  masked: i32,
  hasQueryMask: i32,
  block: i32,
  stride: i32,
  start: i32,
  end: i32,
  causal: i32,
  /** Number of the first entry among those of the part. */
  number: i32,
  /** Dropout: the key, below which word weights are dropped, and the factor of the others. */
  dropoutKey: u32,
  threshold: u32,
  factor: f32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
${WORDS}
/** The factor of dropout of entry j for a head of a row of the part. */
fn keptFactor(b: i32, h: i32, row: i32, j: i32) -> f32 {
  if (shape.threshold == 0u) {
    return shape.factor;
  }
  let number = (b * shape.heads + h) * shape.rows + shape.first + row;
  let word = subkey(subkey(shape.dropoutKey, u32(number)), u32(shape.number + j) + 1u);
  return select(0.0, shape.factor, word >= shape.threshold);
}

/** The bits of −∞: the sum of no exponentials has it as logarithm. */
const NOTHING: u32 = 0xff800000;
`;

/** WGSL: {@linkcode SPAN_SHAPE} with functions that read the binding \`mask\`. */
export const MASK = /* wgsl */ `
fn isMasked(b: i32, j: i32, h: i32) -> bool {
  if (shape.masked == 0) {
    return false;
  }
  let list = select(b, b * shape.heads + h, shape.masked == 2);
  return mask[list * shape.entries + j] == 0;
}

fn keyOffset(b: i32, j: i32, h: i32) -> i32 {
  let head = h * shape.keyHeads / shape.heads;
  return ((b * shape.keyRows + shape.firstEntry + j) * shape.keyHeads + head) * shape.width;
}
`;

/** WGSL: tests of bits, as comparisons and functions of NaN may give any value. */
export const BITS = /* wgsl */ `
fn isZero(x: f32) -> bool {
  return (bitcast<u32>(x) << 1) == 0;
}

fn isNan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffff) > 0x7f800000;
}
`;

/** WGSL: the weight of a score; see cpu/attend_score.ts. */
export const WEIGHT = /* wgsl */ `${BITS}
fn weightOf(score: f32, logSum: f32) -> f32 {
  let exponent = score - logSum;
  if (isNan(exponent)) {
    return exponent;
  }
  return exp(min(exponent, 0));
}
`;

/** WGSL: the entry point, with the number of the workgroup. */
export const ENTRY = /* wgsl */ `
@compute @workgroup_size(${TILE})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let number = shape.firstGroup + lineOf(group, groups);
  if (number >= shape.afterGroup) {
    return;
  }
  let at = i32(number);
  let lane = i32(local);
`;

/** WGSL: the entries \`begin … after − 1\` that the query at \`position\` sees. */
export const RANGE = /* wgsl */ `
  let shift = position / shape.block * shape.stride;
  let begin = max(0, shift + shape.start);
  var after = min(shape.entries, shift + shape.end);
  if (shape.causal == 1) {
    after = min(after, position + 1);
  }
`;

/**
 * The calls of a sweep: one for each span, or several with kernels of several results or where one
 * would take long.
 *
 * @param operation The operation, for messages.
 * @param parts Which rows see which keys.
 * @param shape Sizes and scale.
 * @param query The queries of sources that have none of their own.
 * @param sweep The kernels and their buffers after the sizes; whether workgroups are for heads of
 * keys, not of queries; whether there is a mask of queries.
 * @param context The backend.
 * @returns The calls.
 * @throws {RangeError} If heads are too wide, or the backend stores float16.
 */
export function sweepCalls(
  operation: string,
  parts: Parts,
  { batch, rows, heads, width, keyHeads, scale, dropout }: AttendShape,
  query: GPUBuffer,
  { kernels, isOverKeys = false, hasQueryMask = false }: {
    readonly kernels: readonly {
      readonly kernel: Kernel;
      readonly buffers: (source: SourceBuffers) => readonly GPUBuffer[];
    }[];
    readonly isOverKeys?: boolean;
    readonly hasQueryMask?: boolean;
  },
  context: Context,
): Command[] {
  expectFloat32(operation, context);
  if (width > WIDEST_HEAD) {
    throw new RangeError(
      `${operation}: head width ${width}, wanted at most ${WIDEST_HEAD} on webgpu`,
    );
  }
  const commands: Command[] = [];
  for (const { first, count, position, sources } of parts) {
    for (const source of sources) {
      const { mask, first: firstEntry, count: entries, rows: keyRows } = source;
      const all = batch * (isOverKeys ? entries * keyHeads : count * heads);
      const buffers = {
        query: source.query?.buffer ?? query,
        keys: source.keys.buffer,
        values: source.values.buffer,
        mask: mask?.buffer ?? source.keys.buffer,
      };
      for (const { block, stride, start, end, causal } of source.spans) {
        // Scores, their gradients and sums of rows, three products for each column of a key.
        const seen = Math.max(0, Math.min(entries, end - start));
        const work = 3 * UNTILED * batch * count * heads * seen * width / Math.max(1, all);
        const words = [
          ...[rows, heads, width, keyHeads, floatWord(scale)],
          ...[first, count, position, keyRows, firstEntry, entries],
          ...[mask ? (source.isPerHead ? 2 : 1) : 0, hasQueryMask ? 1 : 0],
          ...[block, stride, start, end, causal ? 1 : 0],
          ...[source.number, ...dropoutWords(dropout)],
        ];
        for (const { kernel, buffers: bind } of kernels) {
          for (const { first, end, work: turnWork } of turnsOf(all, work)) {
            commands.push({
              kernel,
              words: [first, end, ...words],
              buffers: bind(buffers),
              groups: line(end - first),
              work: turnWork,
            });
          }
        }
      }
    }
  }
  return commands;
}
