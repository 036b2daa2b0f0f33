/**
 * Attention inside hash buckets.
 *
 * @module
 */
import { bucketCode } from "./bucket_kernel.ts";
import { exponentials, headsAtOnce, NOTHING } from "./exponentials.ts";
import type { GpuKernel } from "./kernel.ts";
import { type Command, invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** Sizes of a call, which is for some of the heads of all sequences. */
const SHAPE = /* wgsl */ `
struct Shape {
  tokens: u32,
  heads: u32,
  width: u32,
  columns: u32,
  chunk: u32,
  /** Most tokens that one sees: two chunks. */
  seen: u32,
  /** The first of these heads, and how many. */
  first: u32,
  count: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;

/** Where the row of token t in one of these heads starts. */
fn rowAt(head: u32, t: u32) -> u32 {
  let h = shape.first + head;
  return ((h / shape.heads * shape.tokens + t) * shape.heads + h % shape.heads) * shape.width;
}

/** The first place that the token at a sorted place may see: that of the chunk before. */
fn startOf(place: u32) -> u32 {
  return max(place / shape.chunk, 1) * shape.chunk - shape.chunk;
}
`;

/** One invocation a token of a head: its bucket, and what makes it a key. */
const BUCKETS: Kernel = {
  name: "attend_hashed buckets",
  code: /* wgsl */ `${SHAPE}
@group(0) @binding(1) var<storage, read> query: array<Stored>;
@group(0) @binding(2) var<storage, read> mask: array<i32>;
@group(0) @binding(3) var<storage, read> projection: array<Stored>;
/** [heads, tokens]; masked ones come last. */
@group(0) @binding(4) var<storage, read_write> buckets: array<u32>;
/** [heads, tokens]: 1/(|q|·√width) */
@group(0) @binding(5) var<storage, read_write> factors: array<f32>;
${bucketCode("f32(query[at + d])")}
/** A row's length, 1 for zeros; of its largest number's multiples, whose squares are in range. */
fn lengthOf(at: u32) -> f32 {
  var largest = 0.0;
  for (var d = 0u; d < shape.width; d++) {
    largest = max(largest, abs(f32(query[at + d])));
  }
  // WGSL divides by normal numbers only.
  if (largest < 1.1754944e-38) {
    return 1;
  }
  var squares = 0.0;
  for (var d = 0u; d < shape.width; d++) {
    let value = f32(query[at + d]) / largest;
    squares += value * value;
  }
  return largest * sqrt(squares);
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
  factors[i] = 1 / (lengthOf(at) * sqrt(f32(shape.width)));
}
`,
};

/** One invocation a bucket of a head: puts its tokens behind those of the buckets before it. */
const SORTED: Kernel = {
  name: "attend_hashed sorted",
  code: /* wgsl */ `${SHAPE}
@group(0) @binding(1) var<storage, read> buckets: array<u32>;
/** [heads, tokens]: which token is at a place. */
@group(0) @binding(2) var<storage, read_write> sorted: array<u32>;
${MAIN}
  let bucket = i % (2 * shape.columns + 1);
  let head = i / (2 * shape.columns + 1);
  if (head >= shape.count) {
    return;
  }
  let first = head * shape.tokens;
  var place = first;
  for (var t = 0u; t < shape.tokens; t++) {
    place += select(0u, 1u, buckets[first + t] < bucket);
  }
  for (var t = 0u; t < shape.tokens; t++) {
    if (buckets[first + t] == bucket) {
      sorted[place] = t;
      place++;
    }
  }
}
`,
};

/** One invocation a token and another that it may see. */
const SCORES: Kernel = {
  name: "attend_hashed scores",
  code: /* wgsl */ `${SHAPE}${NOTHING}
@group(0) @binding(1) var<storage, read> query: array<Stored>;
@group(0) @binding(2) var<storage, read> buckets: array<u32>;
@group(0) @binding(3) var<storage, read> factors: array<f32>;
@group(0) @binding(4) var<storage, read> sorted: array<u32>;
/** [heads, places, seen] */
@group(0) @binding(5) var<storage, read_write> scores: array<f32>;
${MAIN}
  let place = i / shape.seen % shape.tokens;
  let head = i / shape.seen / shape.tokens;
  if (head >= shape.count) {
    return;
  }
  scores[i] = NOTHING;
  let otherPlace = startOf(place) + i % shape.seen;
  let end = min((place / shape.chunk + 1) * shape.chunk, shape.tokens);
  if (otherPlace >= end || otherPlace == place) {
    return;
  }
  let first = head * shape.tokens;
  let t = sorted[first + place];
  let other = sorted[first + otherPlace];
  let bucket = buckets[first + t];
  if (bucket == 2 * shape.columns || buckets[first + other] != bucket) {
    return;
  }
  let at = rowAt(head, t);
  let otherAt = rowAt(head, other);
  var product = 0.0;
  for (var d = 0u; d < shape.width; d++) {
    product += f32(query[at + d]) * f32(query[otherAt + d]);
  }
  scores[i] = product * factors[first + other];
}
`,
};

/** One invocation a value of the result. */
const ROWS: Kernel = {
  name: "attend_hashed rows",
  code: /* wgsl */ `${SHAPE}
@group(0) @binding(1) var<storage, read> value: array<Stored>;
@group(0) @binding(2) var<storage, read> buckets: array<u32>;
@group(0) @binding(3) var<storage, read> sorted: array<u32>;
/** [heads, places, seen] */
@group(0) @binding(4) var<storage, read> weights: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<Stored>;
${MAIN}
  let d = i % shape.width;
  let place = i / shape.width % shape.tokens;
  let head = i / shape.width / shape.tokens;
  if (head >= shape.count) {
    return;
  }
  let first = head * shape.tokens;
  let t = sorted[first + place];
  let at = rowAt(head, t) + d;
  if (buckets[first + t] == 2 * shape.columns) {
    y[at] = 0;
    return;
  }
  var weighted = 0.0;
  var sum = 0.0;
  for (var j = 0u; j < shape.seen; j++) {
    let weight = weights[(first + place) * shape.seen + j];
    if (weight > 0) {
      let other = sorted[first + startOf(place) + j];
      weighted += weight * f32(value[rowAt(head, other) + d]);
      sum += weight;
    }
  }
  // A token that sees no other sees itself.
  y[at] = select(Stored(weighted / sum), value[at], sum == 0);
}
`,
};

/**
 * Reformer's attention with one hash round; see cpu/attend_hashed.ts.
 *
 * A pattern to compare with, so plain kernels. Scores lie in memory, so some heads are worked on
 * after the others. Hashes are computed in float32: a query whose two largest products differ by
 * less than their error may go to either bucket.
 */
export const attendHashed: GpuKernel<"attendHashed"> = (
  { query, value, mask, projection },
  y,
  { batch, tokens, heads, width, columns, chunk },
  { take },
) => {
  /** Two chunks, or all tokens. */
  const seen = Math.min(2 * chunk, tokens);
  const atOnce = headsAtOnce(batch * heads, tokens * seen);
  const [buckets, factors, sorted, tops] = [1, 2, 3, 4].map(() => take(atOnce * tokens));
  const scores = take(atOnce * tokens * seen);
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
      buffers: [value.buffer, buckets, sorted, scores, y.buffer],
      groups: invocations(some * tokens * width),
    });
  }
  return commands;
};
