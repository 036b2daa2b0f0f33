/**
 * Sparse list by means of groups.
 *
 * @module
 */
import type { SelectSizes } from "../ops/select.ts";
import { INFINITE } from "./infinite_kernel.ts";
import type { GpuKernel } from "./kernel.ts";
import { type Command, invocations, type Kernel } from "./machine/commands.ts";
import { EACH_COLUMN, type List, SELECT_MASKED, selectWords, type Tokens } from "./select.ts";

/** One invocation per column of an entry. */
const KERNEL: Kernel = {
  name: "select_pooling",
  code: /* wgsl */ `${SELECT_MASKED}${INFINITE}
@group(0) @binding(2) var<storage, read> keys: array<Stored>;
@group(0) @binding(3) var<storage, read> values: array<Stored>;
/** [batch, heads, tokens in whole blocks]: scores of the tokens, if means are weighted. */
@group(0) @binding(4) var<storage, read> scores: array<f32>;
@group(0) @binding(5) var<storage, read_write> keysOut: array<Stored>;
@group(0) @binding(6) var<storage, read_write> valuesOut: array<Stored>;
@group(0) @binding(7) var<storage, read_write> maskOut: array<i32>;

/**
 * Whether tokens are weighted by \`softmax(scores)\` in their group; otherwise all weigh the same.
 */
override IS_WEIGHTED: bool;

/** The sums of a column of scaled keys and values over visible tokens, and of their weights. */
fn sumsOf(b: u32, h: u32, e: u32, d: u32, largest: f32, scale: f32) -> vec3<f32> {
  var sums = vec3<f32>();
  for (var t = e * shape.factor; t < (e + 1) * shape.factor; t++) {
    if (isVisible(b, t)) {
      var weight = 1.0;
      if (IS_WEIGHTED) {
        weight = exp(scores[(b * shape.heads + h) * shape.padded + t] - largest);
      }
      let at = tokenAt(b, h, t) + d;
      sums += vec3(weight * (scale * f32(keys[at])), weight * (scale * f32(values[at])), weight);
    }
  }
  return sums;
}
${EACH_COLUMN}
  var count = 0u;
  var largest = -3.4e38;
  for (var t = e * shape.factor; t < (e + 1) * shape.factor; t++) {
    if (isVisible(b, t)) {
      count++;
      if (IS_WEIGHTED) {
        largest = max(largest, scores[(b * shape.heads + h) * shape.padded + t]);
      }
    }
  }
  var sums = sumsOf(b, h, e, d, largest, 1);
  // Sums may overflow where means do not.
  var back = 1.0;
  if (isInfinite(sums.x) || isInfinite(sums.y)) {
    back = 0x1p24;
    sums = sumsOf(b, h, e, d, largest, 0x1p-24);
  }
  let weights = select(sums.z + 1e-6, sums.z, IS_WEIGHTED);
  keysOut[i] = select(stored(sums.x / weights * back), 0, count == 0);
  valuesOut[i] = select(stored(sums.y / weights * back), 0, count == 0);
  if (d == 0) {
    maskOut[maskAt(b, h, e)] = select(1, 0, count == 0);
  }
}
`,
};

/** Means over groups of `factor` tokens; see cpu/select_pooling.ts. */
export const selectPooling: GpuKernel<"selectPooling"> = (tokens, list, sizes) => [
  pool(tokens, list, sizes),
];

/**
 * Means over groups, weighted or not.
 *
 * @param tokens The tokens.
 * @param list The list.
 * @param sizes Sizes.
 * @param scores `[batch, heads, tokens in whole blocks]`: tokens are weighted by the softmax of
 * these in their group; if absent, all weigh the same.
 * @returns The call.
 */
export function pool(
  { mask, keys, values }: Tokens,
  list: List,
  sizes: SelectSizes,
  scores?: GPUBuffer,
): Command {
  const { batch, heads, width, entries } = sizes;
  // Bindings that the kernel does not read must still be bound.
  const tokens = [mask.buffer, keys.buffer, values.buffer, scores ?? keys.buffer];
  return {
    kernel: KERNEL,
    constants: { IS_WEIGHTED: scores ? 1 : 0 },
    words: selectWords(sizes),
    buffers: [...tokens, list.keys.buffer, list.values.buffer, list.mask.buffer],
    groups: invocations(batch * entries * heads * width),
  };
}
