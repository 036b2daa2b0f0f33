/**
 * Sizes and offsets in WGSL, and copies of chosen tokens, which all kernels `select_*` share.
 *
 * @module
 */
import type { OperandsOf, ResultOf } from "../ops/run.ts";
import type { SelectSizes } from "../ops/select.ts";
import type { GpuRoles } from "./kernel.ts";
import { type Command, invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** The operands of a selection. */
export type Tokens = OperandsOf<"selectNorm", GpuRoles>;

/** The list. */
export type List = ResultOf<"selectNorm", GpuRoles>;

/** WGSL at the beginning of each kernel: binding 0, and offsets. */
export const SELECT = /* wgsl */ `
struct Shape {
  batch: u32,
  heads: u32,
  width: u32,
  rows: u32,
  first: u32,
  tokens: u32,
  block: u32,
  factor: u32,
  chunk: u32,
  entries: u32,
  /** Tokens, padded to whole blocks. */
  padded: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;

/** The index at which token t's key and value start. */
fn tokenAt(b: u32, h: u32, t: u32) -> u32 {
  return ((b * shape.rows + shape.first + t) * shape.heads + h) * shape.width;
}

/** The index at which entry e's key and value start. */
fn entryAt(b: u32, h: u32, e: u32) -> u32 {
  return ((b * shape.entries + e) * shape.heads + h) * shape.width;
}

/** The index of entry e's mask. */
fn maskAt(b: u32, h: u32, e: u32) -> u32 {
  return (b * shape.heads + h) * shape.entries + e;
}
`;

/** {@linkcode SELECT} with the mask of tokens as binding 1. */
export const SELECT_MASKED = /* wgsl */ `${SELECT}
@group(0) @binding(1) var<storage, read> mask: array<i32>;

/** Whether token t exists and is not masked. */
fn isVisible(b: u32, t: u32) -> bool {
  return t < shape.tokens && mask[b * shape.tokens + t] == 1;
}
`;

/**
 * Sizes as the words of `Shape`.
 *
 * @param sizes Sizes.
 * @returns The words.
 */
export function selectWords(sizes: SelectSizes): number[] {
  const { batch, heads, width, rows, first, tokens, block, factor, chunk, entries, padded } = sizes;
  return [batch, heads, width, rows, first, tokens, block, factor, chunk, entries, padded];
}

/** The beginning of an entry point with one invocation per token of a head: `t`, `h` and `b`. */
export const EACH_TOKEN = /* wgsl */ `${MAIN}
  let t = i % shape.padded;
  let h = i / shape.padded % shape.heads;
  let b = i / shape.padded / shape.heads;
  if (b >= shape.batch) {
    return;
  }`;

/**
 * The beginning of an entry point with one invocation per column of an entry: `d`, `h`, `e` and
 * `b`.
 */
export const EACH_COLUMN = /* wgsl */ `${MAIN}
  let d = i % shape.width;
  let h = i / shape.width % shape.heads;
  let e = i / shape.width / shape.heads % shape.entries;
  let b = i / shape.width / shape.heads / shape.entries;
  if (b >= shape.batch) {
    return;
  }`;

/** Numbers of the rules by which an entry is a copy of a token. */
const RULES = { listed: 0, stride: 1, block_stride: 2 } as const;

/** One invocation per value of the list. */
const COPY: Kernel = {
  name: "select_copy",
  code: /* wgsl */ `${SELECT_MASKED}
@group(0) @binding(2) var<storage, read> keys: array<Stored>;
@group(0) @binding(3) var<storage, read> values: array<Stored>;
@group(0) @binding(4) var<storage, read> chosen: array<u32>;
@group(0) @binding(5) var<storage, read_write> keysOut: array<Stored>;
@group(0) @binding(6) var<storage, read_write> valuesOut: array<Stored>;
@group(0) @binding(7) var<storage, read_write> maskOut: array<i32>;

override RULE: u32;

fn tokenOf(b: u32, h: u32, e: u32) -> u32 {
  if (RULE == ${RULES.stride}) {
    return e * shape.factor + h % shape.factor;
  }
  if (RULE == ${RULES.block_stride}) {
    let each = shape.block / shape.factor;
    return e / each * shape.block + (h * each + e % each) % shape.block;
  }
  return chosen[maskAt(b, h, e)];
}
${EACH_COLUMN}
  let t = tokenOf(b, h, e);
  let visible = isVisible(b, t);
  if (visible) {
    keysOut[i] = keys[tokenAt(b, h, t) + d];
    valuesOut[i] = values[tokenAt(b, h, t) + d];
  } else {
    keysOut[i] = 0;
    valuesOut[i] = 0;
  }
  if (d == 0) {
    maskOut[maskAt(b, h, e)] = select(0, 1, visible);
  }
}
`,
};

/**
 * Makes each entry a copy of a token, masked if the token is.
 *
 * @param rule The rule: tokens are listed in `chosen`, or chosen by `stride` or `block_stride`.
 * @param tokens The tokens.
 * @param list The list.
 * @param sizes Sizes.
 * @param chosen `[batch, heads, entries]`: the tokens, if the rule is `listed`.
 * @returns The call.
 */
export function copyTokens(
  rule: keyof typeof RULES,
  { mask, keys, values }: Tokens,
  list: List,
  sizes: SelectSizes,
  chosen = mask.buffer,
): Command {
  const { batch, heads, width, entries } = sizes;
  const tokens = [mask.buffer, keys.buffer, values.buffer, chosen];
  return {
    kernel: COPY,
    constants: { RULE: RULES[rule] },
    words: selectWords(sizes),
    buffers: [...tokens, list.keys.buffer, list.values.buffer, list.mask.buffer],
    groups: invocations(batch * entries * heads * width),
  };
}
