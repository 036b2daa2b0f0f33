/**
 * Sparse list by locality-sensitive hashing.
 *
 * @module
 */
import { bucketCode } from "./bucket_kernel.ts";
import type { GpuKernel } from "./kernel.ts";
import { type Command, invocations, type Kernel, MAIN } from "./machine/commands.ts";
import { EACH_COLUMN, SELECT, SELECT_MASKED, selectWords } from "./select.ts";

/** An item is a sum of tokens: its key, its value, and its number of tokens. */
const ITEM = /* wgsl */ `
/** Number of values of an item. */
fn itemSize() -> u32 {
  return 2 * shape.width + 1;
}
`;

/** One invocation per value of an item: each token is an item, of weight 0 if it is masked. */
const ITEMS: Kernel = {
  name: "select_lsh items",
  code: /* wgsl */ `${SELECT_MASKED}${ITEM}
@group(0) @binding(2) var<storage, read> keys: array<Stored>;
@group(0) @binding(3) var<storage, read> values: array<Stored>;
/** [batch, heads, tokens in whole blocks, 2·width + 1] */
@group(0) @binding(4) var<storage, read_write> items: array<f32>;
${MAIN}
  let d = i % itemSize();
  let t = i / itemSize() % shape.padded;
  let h = i / itemSize() / shape.padded % shape.heads;
  let b = i / itemSize() / shape.padded / shape.heads;
  if (b >= shape.batch) {
    return;
  }
  var number = 0.0;
  if (isVisible(b, t)) {
    if (d < shape.width) {
      number = f32(keys[tokenAt(b, h, t) + d]);
    } else if (d < 2 * shape.width) {
      number = f32(values[tokenAt(b, h, t) + d - shape.width]);
    } else {
      number = 1;
    }
  }
  items[i] = number;
}
`,
};

/** Sizes of a round: items and buckets of a chunk, and the number of chunks. */
const ROUND = /* wgsl */ `
struct Round {
  width: u32,
  heads: u32,
  /** Chunks of a head, and of all heads of all sequences. */
  headChunks: u32,
  chunks: u32,
  items: u32,
  buckets: u32,
}
@group(0) @binding(0) var<uniform> shape: Round;
`;

/** One invocation per item: the bucket of its key. */
const BUCKETS: Kernel = {
  name: "select_lsh buckets",
  code: /* wgsl */ `${ROUND}${ITEM}
@group(0) @binding(1) var<storage, read> items: array<f32>;
/** [heads, width, ⌊buckets/2⌋] */
@group(0) @binding(2) var<storage, read> projection: array<Stored>;
/** [chunks, items] */
@group(0) @binding(3) var<storage, read_write> buckets: array<u32>;
${bucketCode("items[at + d]")}
${MAIN}
  if (i >= shape.chunks * shape.items) {
    return;
  }
  let h = i / shape.items / shape.headChunks % shape.heads;
  buckets[i] = bucketOf(i * itemSize(), h, shape.buckets / 2);
}
`,
};

/** One invocation per value of a bucket: sums the items of the bucket, in their order. */
const SUMS: Kernel = {
  name: "select_lsh sums",
  code: /* wgsl */ `${ROUND}${ITEM}
@group(0) @binding(1) var<storage, read> items: array<f32>;
@group(0) @binding(2) var<storage, read> buckets: array<u32>;
/** [chunks, buckets, 2·width + 1] */
@group(0) @binding(3) var<storage, read_write> sums: array<f32>;
${MAIN}
  let d = i % itemSize();
  let bucket = i / itemSize() % shape.buckets;
  let chunk = i / itemSize() / shape.buckets;
  if (chunk >= shape.chunks) {
    return;
  }
  var sum = 0.0;
  for (var j = 0u; j < shape.items; j++) {
    let item = chunk * shape.items + j;
    // Masked tokens are in no bucket.
    if (buckets[item] == bucket && items[item * itemSize() + 2 * shape.width] > 0) {
      sum += items[item * itemSize() + d];
    }
  }
  sums[i] = sum;
}
`,
};

/** One invocation per column of an entry. */
const ENTRIES: Kernel = {
  name: "select_lsh entries",
  code: /* wgsl */ `${SELECT}${ITEM}
/** [batch, heads, entries, 2·width + 1] */
@group(0) @binding(1) var<storage, read> items: array<f32>;
@group(0) @binding(2) var<storage, read_write> keysOut: array<Stored>;
@group(0) @binding(3) var<storage, read_write> valuesOut: array<Stored>;
@group(0) @binding(4) var<storage, read_write> maskOut: array<i32>;
${EACH_COLUMN}
  let at = maskAt(b, h, e) * itemSize();
  let weight = items[at + 2 * shape.width];
  keysOut[i] = stored(items[at + d] / (weight + 1e-8));
  valuesOut[i] = stored(items[at + shape.width + d] / (weight + 1e-8));
  if (d == 0) {
    maskOut[maskAt(b, h, e)] = select(0, 1, weight > 0);
  }
}
`,
};

/**
 * Means over hash buckets; see cpu/select_lsh.ts.
 *
 * Hashes are computed in float32: a key whose two largest products differ by less than their error
 * may go to either bucket.
 */
export const selectLsh: GpuKernel<"selectLsh"> = (
  { mask, keys, values, projections },
  list,
  sizes,
  { allocate },
) => {
  const { batch, heads, width, factor, chunk, entries, padded } = sizes;
  const headChunks = padded / chunk;
  const chunks = batch * heads * headChunks;
  const itemSize = 2 * width + 1;
  const bucketOf = allocate(chunks * chunk);
  let items = allocate(chunks * chunk * itemSize);
  let sums = allocate(chunks * chunk * itemSize);
  const commands: Command[] = [{
    kernel: ITEMS,
    words: selectWords(sizes),
    buffers: [mask.buffer, keys.buffer, values.buffer, items],
    groups: invocations(chunks * chunk * itemSize),
  }];
  projections.forEach((projection, round) => {
    const count = round === projections.length - 1 ? chunk / factor : chunk;
    const words = [width, heads, headChunks, chunks, chunk, count];
    commands.push({
      kernel: BUCKETS,
      words,
      buffers: [items, projection.buffer, bucketOf],
      groups: invocations(chunks * chunk),
    }, {
      kernel: SUMS,
      words,
      buffers: [items, bucketOf, sums],
      groups: invocations(chunks * count * itemSize),
    });
    [items, sums] = [sums, items];
  });
  return [...commands, {
    kernel: ENTRIES,
    words: selectWords(sizes),
    buffers: [items, list.keys.buffer, list.values.buffer, list.mask.buffer],
    groups: invocations(batch * entries * heads * width),
  }];
};
