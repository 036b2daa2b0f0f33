/**
 * Linear attention through feature maps.
 *
 * @module
 */
import { exponentials, type Groups, headsAtOnce, NOTHING } from "./exponentials.ts";
import { INFINITE } from "./infinite_kernel.ts";
import type { GpuKernel } from "./kernel.ts";
import { type Command, floatWord, invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** Sizes of a call, which covers some of the heads of all sequences. */
const SHAPE = /* wgsl */ `
struct Shape {
  tokens: u32,
  heads: u32,
  width: u32,
  features: u32,
  /** The first of these heads, and their number. */
  first: u32,
  count: u32,
  /** width^−¼ */
  scale: f32,
}
@group(0) @binding(0) var<uniform> shape: Shape;

/** Index at which the row of token t in one of these heads starts. */
fn rowAt(head: u32, t: u32) -> u32 {
  let h = shape.first + head;
  return ((h / shape.heads * shape.tokens + t) * shape.heads + h % shape.heads) * shape.width;
}
`;

/** One invocation per exponent: a value of the row, or \`ωx̃\`, of a key \`ωx̃ − |x̃|²/2\`. */
const EXPONENTS: Kernel = {
  name: "attend_features exponents",
  code: /* wgsl */ `${SHAPE}${NOTHING}${INFINITE}
@group(0) @binding(1) var<storage, read> x: array<Stored>;
@group(0) @binding(2) var<storage, read> mask: array<i32>;
@group(0) @binding(3) var<storage, read> projection: array<Stored>;
/** [heads, features]: the largest of the keys, which is added to a query's random ones. */
@group(0) @binding(4) var<storage, read> tops: array<f32>;
/** [heads, tokens, features] */
@group(0) @binding(5) var<storage, read_write> exponents: array<f32>;

override IS_RANDOM: bool;
override IS_KEY: bool;
${MAIN}
  let f = i % shape.features;
  let t = i / shape.features % shape.tokens;
  let head = i / shape.features / shape.tokens;
  if (head >= shape.count) {
    return;
  }
  let at = rowAt(head, t);
  if (mask[(shape.first + head) / shape.heads * shape.tokens + t] == 0) {
    exponents[i] = NOTHING;
  } else if (!IS_RANDOM) {
    exponents[i] = f32(x[at + f]);
  } else {
    var product = 0.0;
    var squares = 0.0;
    var largest = 0.0;
    for (var d = 0u; d < shape.width; d++) {
      let value = f32(x[at + d]) * shape.scale;
      product += f32(projection[f * shape.width + d]) * value;
      squares += value * value;
      largest = max(largest, abs(value));
    }
    if (!IS_KEY) {
      exponents[i] = product + tops[head * shape.features + f];
      return;
    }
    // Of numbers whose squares overflow the product may do so, too; infinities are no numbers.
    let nothing = select(-squares, bitcast<f32>(0x7fc00000 | shape.tokens), isInfinite(largest));
    exponents[i] = select(product - squares / 2, nothing, isInfinite(squares));
  }
}
`,
};

/** One invocation per feature: \`elu(x) + 1\`, in place. */
const ELU: Kernel = {
  name: "attend_features elu",
  code: /* wgsl */ `${NOTHING}
@group(0) @binding(0) var<uniform> count: u32;
@group(0) @binding(1) var<storage, read_write> features: array<f32>;
${MAIN}
  if (i >= count) {
    return;
  }
  let x = features[i];
  features[i] = select(select(exp(x), x + 1, x > 0), 0, x == NOTHING);
}
`,
};

/** One invocation per value of \`Σφ(k)vᵀ\` and \`Σφ(k)\`. */
const SUMS: Kernel = {
  name: "attend_features sums",
  code: /* wgsl */ `${SHAPE}
/** [heads, tokens, features] */
@group(0) @binding(1) var<storage, read> features: array<f32>;
@group(0) @binding(2) var<storage, read> value: array<Stored>;
/** [heads, features, width + 1] */
@group(0) @binding(3) var<storage, read_write> sums: array<f32>;

/** Whether both are divided by \`Σφ(k)\`, as a softmax over the tokens is. */
override IS_DIVIDED: bool;
${MAIN}
  let d = i % (shape.width + 1);
  let f = i / (shape.width + 1) % shape.features;
  let head = i / (shape.width + 1) / shape.features;
  if (head >= shape.count) {
    return;
  }
  var weighted = 0.0;
  var sum = 0.0;
  for (var t = 0u; t < shape.tokens; t++) {
    let feature = features[(head * shape.tokens + t) * shape.features + f];
    // Values of masked tokens are never read. NaN is no 0 by its bits, whatever a driver assumes.
    if (bitcast<u32>(feature) != 0) {
      sum += feature;
      weighted += feature * select(1, f32(value[rowAt(head, t) + d]), d < shape.width);
    }
  }
  sums[i] = select(weighted, weighted / sum, IS_DIVIDED && sum > 0);
}
`,
};

/** One invocation per value of the result. */
const ROWS: Kernel = {
  name: "attend_features rows",
  code: /* wgsl */ `${SHAPE}${INFINITE}
/** [heads, tokens, features] */
@group(0) @binding(1) var<storage, read> features: array<f32>;
/** [heads, features, width + 1] */
@group(0) @binding(2) var<storage, read> sums: array<f32>;
@group(0) @binding(3) var<storage, read> mask: array<i32>;
@group(0) @binding(4) var<storage, read_write> y: array<Stored>;
${MAIN}
  let d = i % shape.width;
  let t = i / shape.width % shape.tokens;
  let head = i / shape.width / shape.tokens;
  if (head >= shape.count) {
    return;
  }
  var weighted = 0.0;
  var sum = 0.0;
  for (var f = 0u; f < shape.features; f++) {
    let feature = features[(head * shape.tokens + t) * shape.features + f];
    let at = (head * shape.features + f) * (shape.width + 1);
    weighted += feature * sums[at + d];
    sum += feature * sums[at + shape.width];
  }
  // NaN if the sum has overflowed.
  let divisor = select(sum, bitcast<f32>(0x7fc00000 | shape.tokens), isInfinite(sum));
  // Zero if masked; with \`elu\` so small that terms of the sum may have been lost: NaN.
  let isMasked = mask[(shape.first + head) / shape.heads * shape.tokens + t] == 0;
  let value = select(weighted / divisor, bitcast<f32>(0x7fc00000 | shape.tokens), sum < 0x1p-96);
  y[rowAt(head, t) + d] = stored(select(value, 0, isMasked));
}
`,
};

/**
 * `φ(q)·Σφ(k)vᵀ / φ(q)·Σφ(k)`; see cpu/attend_features.ts.
 *
 * A baseline for comparisons, so simple kernels. Features of keys, then of queries, are held in
 * memory, so only some heads are processed at a time.
 */
export const attendFeatures: GpuKernel<"attendFeatures"> = (
  { query, key, value, mask, projection },
  y,
  { batch, tokens, heads, width, map, features },
  { allocate },
) => {
  const atOnce = headsAtOnce(batch * heads, tokens * features);
  const rows = allocate(atOnce * tokens * features);
  const [keyTops, queryTops] = [features, tokens].map((groups) => allocate(atOnce * groups));
  const sums = allocate(atOnce * features * (width + 1));
  const keyGroups = { values: tokens * features, columns: features };
  const queryGroups = { values: features, columns: 1 };
  const commands: Command[] = [];
  for (let first = 0; first < batch * heads; first += atOnce) {
    const some = Math.min(atOnce, batch * heads - first);
    const count = some * tokens * features;
    const words = [tokens, heads, width, features, first, some, floatWord(width ** -0.25)];
    const featuresOf = (
      { buffer: x }: { readonly buffer: GPUBuffer },
      groups: Groups,
      isKey: boolean,
    ): Command[] => [
      {
        kernel: EXPONENTS,
        constants: { IS_RANDOM: map === "random" ? 1 : 0, IS_KEY: isKey ? 1 : 0 },
        words,
        // Bindings that the kernel does not read must still be bound.
        buffers: [x, mask.buffer, projection?.buffer ?? x, keyTops, rows],
        groups: invocations(count),
      },
      ...(map === "elu"
        ? [{ kernel: ELU, words: [count], buffers: [rows], groups: invocations(count) }]
        : exponentials(rows, isKey ? keyTops : queryTops, count, groups)),
    ];
    commands.push(...featuresOf(key, keyGroups, true), {
      kernel: SUMS,
      constants: { IS_DIVIDED: map === "softmax" ? 1 : 0 },
      words,
      buffers: [rows, value.buffer, sums],
      groups: invocations(some * features * (width + 1)),
    });
    commands.push(...featuresOf(query, queryGroups, false), {
      kernel: ROWS,
      words,
      buffers: [rows, sums, mask.buffer, y.buffer],
      groups: invocations(some * tokens * width),
    });
  }
  return commands;
};
