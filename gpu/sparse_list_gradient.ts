/**
 * The gradient of a sparse list by the tokens that it was made of.
 *
 * @module
 */
import { clear } from "./clear_kernel.ts";
import { expectFloat32 } from "./expect_float32.ts";
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** One invocation per value of the tokens that one of the weights is for. */
const KERNEL: Kernel = {
  name: "sparse_list_gradient",
  code: /* wgsl */ `
struct Shape {
  batch: u32,
  heads: u32,
  width: u32,
  first: u32,
  tokens: u32,
  rows: u32,
  region: u32,
  kept: u32,
  entries: u32,
  /** The number of the weights: they are for the columns of a region from \`number·width\` on. */
  number: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> list: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;
${MAIN}
  let d = i % shape.width;
  let h = i / shape.width % shape.heads;
  let t = i / shape.width / shape.heads % shape.tokens;
  let b = i / shape.width / shape.heads / shape.tokens;
  let column = t % shape.region;
  if (b >= shape.batch || column / shape.width != shape.number) {
    return;
  }
  let entry = b * shape.entries + t / shape.region * shape.kept;
  var sum = 0.0;
  for (var e = 0u; e < shape.kept; e++) {
    let begin = ((entry + e) * shape.heads + h) * shape.width;
    let share = weights[begin + column % shape.width];
    // By its bits: comparisons may take NaN for 0.
    if ((bitcast<u32>(share) << 1) != 0) {
      sum += share * list[begin + d];
    }
  }
  result[((b * shape.rows + shape.first + t) * shape.heads + h) * shape.width + d] = sum;
}
`,
};

/** Sums of entries, weighted; see cpu/sparse_list_gradient.ts. */
export const sparseListGradient: GpuKernel<"sparseListGradient"> = (
  { list, weights },
  result,
  { batch, heads, width, first, tokens, rows, region, kept, entries },
  context,
) => {
  expectFloat32("sparseListGradient", context);
  const sums = weights.map(({ buffer }, number) => ({
    kernel: KERNEL,
    words: [batch, heads, width, first, tokens, rows, region, kept, entries, number],
    buffers: [list.buffer, buffer, result.buffer],
    groups: invocations(tokens === 0 ? 0 : batch * tokens * heads * width),
  }));
  return [clear(result.buffer, batch * rows * heads * width), ...sums];
};
