/**
 * Sparse list by key norm.
 *
 * @module
 */
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel } from "./machine/commands.ts";
import { copyTokens, EACH_TOKEN, SELECT, SELECT_MASKED, selectWords } from "./select.ts";

/**
 * One invocation per token of a head. Equal keys are summed in the same order, so that ties stay
 * ties.
 *
 * Norms are numbers whose order is theirs: 9 bits of exponent and 23 of mantissa, so that no square
 * overflows or is lost. Keys below 2⁻¹²³ count as 0, and NaN as infinite.
 */
const NORMS: Kernel = {
  name: "select_norm norms",
  code: /* wgsl */ `${SELECT_MASKED}
@group(0) @binding(2) var<storage, read> keys: array<Stored>;
/** [batch, heads, tokens in whole blocks] */
@group(0) @binding(3) var<storage, read_write> norms: array<u32>;

fn squaresOf(at: u32, factor: f32) -> f32 {
  var sum = 0.0;
  for (var d = 0u; d < shape.width; d++) {
    let value = factor * f32(keys[at + d]);
    sum += value * value;
  }
  return sum;
}

/** A positive number times 2 to some power. */
fn orderOf(number: f32, power: i32) -> u32 {
  let bits = bitcast<u32>(number);
  // The lowest exponent is −246.
  let exponent = i32(bits >> 23) - 127 + power + 247;
  if (bits >= 0x7f800000 || exponent > 511) {
    return 0xffffffff;
  }
  return select((u32(exponent) << 23) | (bits & 0x7fffff), 0, exponent < 1);
}

fn normOf(at: u32) -> u32 {
  let sum = squaresOf(at, 1);
  if (sum > 0x1p-96 && sum < 0x1p96) {
    return orderOf(sum, 0);
  }
  var largest = 0.0;
  for (var d = 0u; d < shape.width; d++) {
    largest = max(largest, abs(f32(keys[at + d])));
  }
  let exponent = clamp(bitcast<u32>(largest) >> 23, 1, 253);
  return orderOf(squaresOf(at, bitcast<f32>((254 - exponent) << 23)), 2 * (i32(exponent) - 127));
}
${EACH_TOKEN}
  norms[i] = 0;
  if (isVisible(b, t)) {
    norms[i] = normOf(tokenAt(b, h, t));
  }
}
`,
};

/**
 * One invocation per token of a head: whether it is kept, which it is if fewer than
 * `chunk / factor` others of its chunk come before it in the order of norms.
 */
const KEPT: Kernel = {
  name: "select_norm kept",
  code: /* wgsl */ `${SELECT}
@group(0) @binding(1) var<storage, read> norms: array<u32>;
/** [batch, heads, tokens in whole blocks] */
@group(0) @binding(2) var<storage, read_write> kept: array<u32>;
${EACH_TOKEN}
  let start = i - t % shape.chunk;
  let norm = norms[i];
  var before = 0u;
  for (var j = start; j < i; j++) {
    before += select(0u, 1u, norms[j] >= norm);
  }
  for (var j = i + 1; j < start + shape.chunk; j++) {
    before += select(0u, 1u, norms[j] > norm);
  }
  kept[i] = select(0u, 1u, before < shape.chunk / shape.factor);
}
`,
};

/** One invocation per token of a head: its entry. Entries stay in the order of tokens. */
const POSITIONS: Kernel = {
  name: "select_norm positions",
  code: /* wgsl */ `${SELECT}
@group(0) @binding(1) var<storage, read> kept: array<u32>;
/** [batch, heads, entries] */
@group(0) @binding(2) var<storage, read_write> chosen: array<u32>;
${EACH_TOKEN}
  if (kept[i] == 0) {
    return;
  }
  let position = t % shape.chunk;
  var e = (t - position) / shape.factor;
  for (var j = i - position; j < i; j++) {
    e += kept[j];
  }
  chosen[maskAt(b, h, e)] = t;
}
`,
};

/**
 * The `chunk / factor` tokens of each chunk with the longest keys; see cpu/select_norm.ts.
 *
 * Norms are summed in float32: of two tokens whose norms differ by less than its error either may
 * be kept.
 */
export const selectNorm: GpuKernel<"selectNorm"> = (tokens, list, sizes, { allocate }) => {
  const { batch, heads, entries, padded } = sizes;
  const count = batch * heads * padded;
  const [norms, kept, chosen] = [
    allocate(count),
    allocate(count),
    allocate(batch * heads * entries),
  ];
  const each = { words: selectWords(sizes), groups: invocations(count) };
  return [
    { ...each, kernel: NORMS, buffers: [tokens.mask.buffer, tokens.keys.buffer, norms] },
    { ...each, kernel: KEPT, buffers: [norms, kept] },
    { ...each, kernel: POSITIONS, buffers: [kept, chosen] },
    copyTokens("listed", tokens, list, sizes, chosen),
  ];
};
