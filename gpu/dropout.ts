/**
 * Dropout with counter-based randoms.
 *
 * @module
 */
import { dropoutWords } from "./dropout_words.ts";
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** WGSL: keys of numbers, and words of a key; see tensor/counter_words.ts. */
export const WORDS = /* wgsl */ `
/** The finaliser of MurmurHash3. */
fn mixWord(x: u32) -> u32 {
  var word = (x ^ (x >> 16u)) * 0x85ebca6bu;
  word = (word ^ (word >> 13u)) * 0xc2b2ae35u;
  return word ^ (word >> 16u);
}

fn subkey(key: u32, number: u32) -> u32 {
  return mixWord(key + number * 0x9e3779b9u);
}
`;

/** One invocation per value. */
const KERNEL: Kernel = {
  name: "dropout",
  code: /* wgsl */ `
struct Shape {
  count: u32,
  key: u32,
  threshold: u32,
  factor: f32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<Stored>;
@group(0) @binding(2) var<storage, read_write> y: array<Stored>;
${WORDS}
${MAIN}
  if (i >= shape.count) {
    return;
  }
  let isKept = subkey(shape.key, i + 1u) >= shape.threshold;
  y[i] = stored(select(0.0, f32(x[i]) * shape.factor, isKept));
}
`,
};

/** `x·z`, where z is 0 or a factor; see cpu/dropout.ts. */
export const dropout: GpuKernel<"dropout"> = ({ x }, y, { count, ...shape }) => [{
  kernel: KERNEL,
  words: [count, ...dropoutWords(shape)],
  buffers: [x.buffer, y.buffer],
  groups: invocations(count),
}];
