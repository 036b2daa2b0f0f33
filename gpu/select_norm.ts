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
 */
const NORMS: Kernel = {
  name: "select_norm norms",
  code: /* wgsl */ `${SELECT_MASKED}
@group(0) @binding(2) var<storage, read> keys: array<Stored>;
/** [batch, heads, tokens in whole blocks] */
@group(0) @binding(3) var<storage, read_write> norms: array<f32>;
${EACH_TOKEN}
  var sum = 0.0;
  if (isVisible(b, t)) {
    let at = tokenAt(b, h, t);
    for (var d = 0u; d < shape.width; d++) {
      let value = f32(keys[at + d]);
      sum += value * value;
    }
  }
  norms[i] = sum;
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
@group(0) @binding(1) var<storage, read> norms: array<f32>;
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
