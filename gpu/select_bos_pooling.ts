/**
 * Sparse list by weighted means of groups.
 *
 * @module
 */
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel } from "./machine/commands.ts";
import { EACH_TOKEN, SELECT_MASKED, selectWords } from "./select.ts";
import { pool } from "./select_pooling.ts";

/** One invocation per token of a head: the first token's query times its key. */
const SCORES: Kernel = {
  name: "select_bos_pooling scores",
  code: /* wgsl */ `${SELECT_MASKED}
@group(0) @binding(2) var<storage, read> query: array<Stored>;
@group(0) @binding(3) var<storage, read> keys: array<Stored>;
/** [batch, heads, tokens in whole blocks] */
@group(0) @binding(4) var<storage, read_write> scores: array<f32>;
${EACH_TOKEN}
  if (!isVisible(b, t)) {
    return;
  }
  let first = tokenAt(b, h, 0);
  let at = tokenAt(b, h, t);
  var sum = 0.0;
  for (var d = 0u; d < shape.width; d++) {
    sum += f32(query[first + d]) * f32(keys[at + d]);
  }
  scores[i] = sum / sqrt(f32(shape.width));
}
`,
};

/** Means over groups, weighted by the first token's query; see cpu/select_bos_pooling.ts. */
export const selectBosPooling: GpuKernel<"selectBosPooling"> = (
  { query, ...tokens },
  list,
  sizes,
  { allocate },
) => {
  const count = sizes.batch * sizes.heads * sizes.padded;
  const scores = allocate(count);
  return [
    {
      kernel: SCORES,
      words: selectWords(sizes),
      buffers: [tokens.mask.buffer, query.buffer, tokens.keys.buffer, scores],
      groups: invocations(count),
    },
    pool(tokens, list, sizes, scores),
  ];
};
