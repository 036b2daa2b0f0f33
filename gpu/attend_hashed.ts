/**
 * Attention inside hash buckets.
 *
 * @module
 */
import { bucketCode } from "./bucket_kernel.ts";
import { exponentials, headsAtOnce, NOTHING } from "./exponentials.ts";
import type { GpuKernel } from "./kernel.ts";
import { type Command, invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** Sizes of a call, which covers some of the heads of all sequences. */
const SHAPE = /* wgsl */ `
struct Shape {
  tokens: u32,
  heads: u32,
  width: u32,
  columns: u32,
  chunk: u32,
  /** Most tokens that one sees: two chunks. */
  seen: u32,
  /** The first of these heads, and their number. */
  first: u32,
  count: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;

/** Index at which the row of token t in one of these heads starts. */
fn rowAt(head: u32, t: u32) -> u32 {
  let h = shape.first + head;
  return ((h / shape.heads * shape.tokens + t) * shape.heads + h % shape.heads) * shape.width;
}

/**
 * The first sorted position that the token at a sorted position may see: the start of the chunk
 * before.
 */
fn startOf(position: u32) -> u32 {
  return max(position / shape.chunk, 1) * shape.chunk - shape.chunk;
}
`;

/** One invocation per token of a head: its bucket and its key factor. */
const BUCKETS: Kernel = {
  name: "attend_hashed buckets",
  code: /* wgsl */ `${SHAPE}
@group(0) @binding(1) var<storage, read> query: array<Stored>;
@group(0) @binding(2) var<storage, read> mask: array<i32>;
@group(0) @binding(3) var<storage, read> projection: array<Stored>;
/** [heads, tokens]; masked ones come last. */
@group(0) @binding(4) var<storage, read_write> buckets: array<u32>;
/** [heads, tokens]: a power of two \`s\`, and 1/(|sq|·√width). */
@group(0) @binding(5) var<storage, read_write> factors: array<vec2<f32>>;
${bucketCode("f32(query[at + d])")}
/** The norm of a scaled row, 1 for zeros. */
fn lengthOf(at: u32, factor: f32) -> f32 {
  var squares = 0.0;
  for (var d = 0u; d < shape.width; d++) {
    let value = factor * f32(query[at + d]);
    squares += value * value;
  }
  return select(sqrt(squares), 1, squares == 0);
}
${MAIN}
  let t = i % shape.tokens;
  let head = i / shape.tokens;
  if (head >= shape.count) {
    return;
  }
  let h = shape.first + head;
  if (mask[h / shape.heads * shape.tokens + t] == 0) {
    buckets[i] = 2 * shape.columns;
    return;
  }
  let at = rowAt(head, t);
  buckets[i] = bucketOf(at, h % shape.heads, shape.columns);
  let factor = factorOf(at);
  factors[i] = vec2(factor, 1 / (lengthOf(at, factor) * sqrt(f32(shape.width))));
}
`,
};

/** One invocation per bucket of a head: puts its tokens after those of the buckets before it. */
const SORTED: Kernel = {
  name: "attend_hashed sorted",
  code: /* wgsl */ `${SHAPE}
@group(0) @binding(1) var<storage, read> buckets: array<u32>;
/** [heads, tokens]: the token at each sorted position. */
@group(0) @binding(2) var<storage, read_write> sorted: array<u32>;
${MAIN}
  let bucket = i % (2 * shape.columns + 1);
  let head = i / (2 * shape.columns + 1);
  if (head >= shape.count) {
    return;
  }
  let first = head * shape.tokens;
  var position = first;
  for (var t = 0u; t < shape.tokens; t++) {
    position += select(0u, 1u, buckets[first + t] < bucket);
  }
  for (var t = 0u; t < shape.tokens; t++) {
    if (buckets[first + t] == bucket) {
      sorted[position] = t;
      position++;
    }
  }
}
`,
};

/** One invocation per pair of a token and another that it may see. */
const SCORES: Kernel = {
  name: "attend_hashed scores",
  code: /* wgsl */ `${SHAPE}${NOTHING}
@group(0) @binding(1) var<storage, read> query: array<Stored>;
@group(0) @binding(2) var<storage, read> buckets: array<u32>;
@group(0) @binding(3) var<storage, read> factors: array<vec2<f32>>;
@group(0) @binding(4) var<storage, read> sorted: array<u32>;
/** [heads, positions, seen] */
@group(0) @binding(5) var<storage, read_write> scores: array<f32>;
${MAIN}
  let position = i / shape.seen % shape.tokens;
  let head = i / shape.seen / shape.tokens;
  if (head >= shape.count) {
    return;
  }
  scores[i] = NOTHING;
  let otherPosition = startOf(position) + i % shape.seen;
  let end = min((position / shape.chunk + 1) * shape.chunk, shape.tokens);
  if (otherPosition >= end || otherPosition == position) {
    return;
  }
  let first = head * shape.tokens;
  let t = sorted[first + position];
  let other = sorted[first + otherPosition];
  let bucket = buckets[first + t];
  if (bucket == 2 * shape.columns || buckets[first + other] != bucket) {
    return;
  }
  let at = rowAt(head, t);
  let otherAt = rowAt(head, other);
  // The key first, which then has no value above 1: no product overflows.
  let factor = factors[first + other];
  var score = 0.0;
  for (var d = 0u; d < shape.width; d++) {
    score += f32(query[at + d]) * (f32(query[otherAt + d]) * factor.x * factor.y);
  }
  scores[i] = score;
}
`,
};

/** One invocation per value of the result. */
const ROWS: Kernel = {
  name: "attend_hashed rows",
  code: /* wgsl */ `${SHAPE}
@group(0) @binding(1) var<storage, read> value: array<Stored>;
@group(0) @binding(2) var<storage, read> buckets: array<u32>;
@group(0) @binding(3) var<storage, read> sorted: array<u32>;
/** [heads, positions, seen] */
@group(0) @binding(4) var<storage, read> weights: array<f32>;
/** [heads, tokens]: of a query that is not finite the second is 0 or NaN. */
@group(0) @binding(5) var<storage, read> factors: array<vec2<f32>>;
@group(0) @binding(6) var<storage, read_write> y: array<Stored>;
${MAIN}
  let d = i % shape.width;
  let position = i / shape.width % shape.tokens;
  let head = i / shape.width / shape.tokens;
  if (head >= shape.count) {
    return;
  }
  let first = head * shape.tokens;
  let t = sorted[first + position];
  let at = rowAt(head, t) + d;
  if (buckets[first + t] == 2 * shape.columns) {
    y[at] = 0;
    return;
  }
  var weighted = 0.0;
  var sum = 0.0;
  for (var j = 0u; j < shape.seen; j++) {
    let weight = weights[(first + position) * shape.seen + j];
    // NaN is no 0 by its bits, whatever a driver assumes.
    if (bitcast<u32>(weight) != 0) {
      let other = sorted[first + startOf(position) + j];
      weighted += weight * f32(value[rowAt(head, other) + d]);
      sum += weight;
    }
  }
  if (bitcast<u32>(sum) != 0) {
    y[at] = stored(weighted / sum);
    return;
  }
  // A token that sees no other sees itself, which is NaN if its query is not finite.
  let factor = factors[first + t].y;
  y[at] = select(stored(bitcast<f32>(0x7fc00000 | shape.tokens)), value[at], factor > 0);
}
`,
};

/**
 * Reformer's attention with one hash round; see cpu/attend_hashed.ts.
 *
 * A baseline for comparisons, so simple kernels. Scores are held in memory, so only some heads are
 * processed at a time. Hashes are computed in float32: a query whose two largest products differ by
 * less than their error may go to either bucket.
 */
export const attendHashed: GpuKernel<"attendHashed"> = (
  { query, value, mask, projection },
  y,
  { batch, tokens, heads, width, columns, chunk },
  { allocate },
) => {
  /** Two chunks, or all tokens. */
  const seen = Math.min(2 * chunk, tokens);
  const atOnce = headsAtOnce(batch * heads, tokens * seen);
  const [buckets, sorted, tops] = [1, 2, 3].map(() => allocate(atOnce * tokens));
  const factors = allocate(2 * atOnce * tokens);
  const scores = allocate(atOnce * tokens * seen);
  const commands: Command[] = [];
  for (let first = 0; first < batch * heads; first += atOnce) {
    const some = Math.min(atOnce, batch * heads - first);
    const sizes = [tokens, heads, width, columns, Math.min(chunk, tokens), seen];
    const words = [...sizes, first, some];
    commands.push({
      kernel: BUCKETS,
      words,
      buffers: [query.buffer, mask.buffer, projection.buffer, buckets, factors],
      groups: invocations(some * tokens),
    }, {
      kernel: SORTED,
      words,
      buffers: [buckets, sorted],
      groups: invocations(some * (2 * columns + 1)),
    }, {
      kernel: SCORES,
      words,
      buffers: [query.buffer, buckets, factors, sorted, scores],
      groups: invocations(some * tokens * seen),
    });
    commands.push(
      ...exponentials(scores, tops, some * tokens * seen, { values: seen, columns: 1 }),
    );
    commands.push({
      kernel: ROWS,
      words,
      buffers: [value.buffer, buckets, sorted, scores, factors, y.buffer],
      groups: invocations(some * tokens * width),
    });
  }
  return commands;
};
