import { assert } from "@std/assert";
import { Random } from "../../tensor/random.ts";
import { type AttentionSize, largestLength, largestMagnitude } from "../../verify/bounds.ts";
import { type ComparedBackends, type Step, UNIT, within } from "./compared_backends.ts";
import { attendHashed } from "../../ops/attend_hashed.ts";

/** Sizes of an attention inside hash buckets, and which tokens are masked. */
export interface HashedCase {
  readonly tokens: number;
  readonly width: number;
  readonly columns: number;
  readonly chunk: number;
  /** One in so many is masked; 1: all; 0: none. */
  readonly masked?: number;
}

/** How far a backend may be off. */
export type HashedBound = (size: Omit<AttentionSize, "roundings">) => number;

/** Attends inside the buckets of drawn rows, and compares; masked rows are NaN. */
export async function checkHashed(
  backends: ComparedBackends,
  drawn: HashedCase,
  boundOf: HashedBound,
): Promise<void> {
  const { tokens, width, columns, chunk, masked = 0 } = drawn;
  const [batch, heads] = [2, 3];
  const random = new Random(tokens + width);
  const { storable } = backends.numbers;
  const [query, value] = [1, 2].map(() => storable(random.normals(batch * tokens * heads * width)));
  const projection = storable(random.normals(heads * width * columns));
  assertBucketsApart(query, projection, width, columns);
  const mask = new Int32Array(batch * tokens)
    .map(() => masked > 0 && random.uniform() * masked < 1 ? 0 : 1);
  const bound = boundOf({
    query: largestLength(query, width),
    key: 1,
    value: largestMagnitude(value),
    width,
    keys: 2 * chunk,
    scale: 1 / Math.sqrt(width),
  });
  mask.forEach((visible, i) => {
    if (visible) return;
    [query, value].forEach((x) => x.fill(NaN, i * heads * width, (i + 1) * heads * width));
  });
  await backends.compare(JSON.stringify(drawn), (backend) => {
    const [q, v] = [query, value].map((x) => backend.floats(x, [batch, tokens, heads * width]));
    const visible = backend.integers(mask, [batch, tokens]);
    const matrix = backend.floats(projection, [heads, width, columns]);
    return [backend.run(attendHashed, q, v, visible, matrix, chunk)];
  }, within(() => bound));
}

/** The two largest products of a query have to be further apart than float32 sums are off. */
function assertBucketsApart(
  query: Float32Array,
  projection: Float32Array,
  width: number,
  columns: number,
): void {
  const heads = projection.length / (width * columns);
  for (let row = 0; row < query.length / width; row++) {
    const q = query.subarray(row * width, (row + 1) * width);
    const matrix = projection.subarray((row % heads) * width * columns);
    const products = Array.from({ length: columns }, (_, c) => {
      const terms = Array.from(q, (value, d) => value * matrix[d * columns + c]);
      const size = terms.reduce((sum, term) => sum + Math.abs(term), 0);
      return { product: terms.reduce((sum, term) => sum + term), error: (width + 1) * UNIT * size };
    }).flatMap(({ product, error }) => [{ product, error }, { product: -product, error }])
      .sort((a, b) => b.product - a.product);
    const [first, second] = products;
    assert(
      first.product - second.product > first.error + second.error,
      "draw other rows: products are too close",
    );
  }
}

/** Buckets, chunks and masks of many sizes. */
export async function attendHashedCases(
  backends: ComparedBackends,
  step: Step,
  bound: HashedBound,
): Promise<void> {
  await step("buckets, chunks and masks of many sizes", async () => {
    for (const tokens of [1, 9, 130]) {
      for (const width of [1, 4, 7]) {
        for (const columns of [1, 3]) {
          for (const chunk of [1, 64]) {
            for (const masked of [0, 3]) {
              await checkHashed(backends, { tokens, width, columns, chunk, masked }, bound);
            }
          }
        }
      }
    }
  });

  await step("sequences without a visible token", async () => {
    await checkHashed(backends, { tokens: 5, width: 3, columns: 2, chunk: 2, masked: 1 }, bound);
  });

  await step("queries of length 0 see the others of their bucket alike", async () => {
    await backends.compare("zeros", (backend) => {
      const query = backend.floats(new Float32Array(6), [1, 3, 2]);
      const value = backend.floats(new Float32Array([1, 2, 3, 4, 5, 6]), [1, 3, 2]);
      const mask = backend.integers(new Int32Array(3).fill(1), [1, 3]);
      const matrix = backend.floats(new Float32Array([1, 1]), [1, 2, 1]);
      return [backend.run(attendHashed, query, value, mask, matrix, 2)];
    }, within(() => 0));
  });
}
