/** Cases of the sweeps that gradients of attention are made of. */
import { CpuBackend } from "../../cpu/mod.ts";
import { everything, slidingWindow, type Span } from "../../ops/span.ts";
import type { Backend, Floats } from "../../ops/backend.ts";
import { largestLength, largestMagnitude } from "../../verify/bounds.ts";
import type { AttendBounds } from "./check_attend.ts";
import {
  type Check,
  type ComparedBackends,
  type Step,
  type Steps,
  UNIT,
} from "./compared_backends.ts";
import { attendGradient } from "../../ops/attend_gradient.ts";
import { attendKeyGradient } from "../../ops/attend_key_gradient.ts";
import { attendQueryGradient } from "../../ops/attend_query_gradient.ts";
import { attendWithSums } from "../../ops/attend_with_sums.ts";
import { headProducts } from "../../ops/head_products.ts";

/** What a backend loses in exponentials and logarithms. */
export interface SweepBounds {
  /** How far `exp(−x)` may be off, relative to itself. */
  readonly exponential: (x: number) => number;
  /** How far `log(x)` may be off. */
  readonly logarithm: (log: number) => number;
}

/** Sizes of an attention. */
interface Case {
  readonly queries: number;
  readonly keys: number;
  readonly width: number;
  readonly heads: number;
  readonly keyHeads?: number;
  readonly spans: readonly Span[];
  readonly position?: number;
  /** Whether keys and queries are hidden: some for all heads, or some of each head. */
  readonly hides?: "shared" | "perHead";
  /** The share of the weights that is dropped. */
  readonly dropout?: number;
}

const block = { block: 4, stride: 4, start: -4, end: 8, causal: false };

const CASES: readonly Case[] = [
  { queries: 1, keys: 1, width: 1, heads: 1, spans: [everything(1)] },
  { queries: 5, keys: 7, width: 3, heads: 2, spans: [everything(7)] },
  { queries: 9, keys: 9, width: 4, heads: 2, spans: [everything(9, true)], hides: "shared" },
  { queries: 70, keys: 70, width: 5, heads: 1, spans: [slidingWindow(3, 2)] },
  { queries: 70, keys: 67, width: 8, heads: 2, spans: [everything(67)], hides: "perHead" },
  { queries: 19, keys: 19, width: 4, heads: 2, spans: [block], hides: "shared" },
  { queries: 19, keys: 19, width: 4, heads: 1, spans: [{ ...block, causal: true }] },
  {
    queries: 19,
    keys: 10,
    width: 4,
    heads: 4,
    keyHeads: 2,
    spans: [
      { ...block, stride: 2, start: -6, end: -2 },
      { ...block, stride: 2, start: 4, end: 8 },
    ],
  },
  { queries: 4, keys: 9, width: 65, heads: 1, spans: [everything(9, true)], position: 3 },
  // More queries and keys than a tile of wasm has, with seams in the middle of what is seen.
  { queries: 140, keys: 170, width: 6, heads: 2, keyHeads: 1, spans: [everything(170, true)] },
  {
    queries: 135,
    keys: 331,
    width: 3,
    heads: 1,
    spans: [{ block: 45, stride: 40, start: -30, end: 170, causal: false }, everything(7)],
    hides: "shared",
  },
  { queries: 3, keys: 130, width: 17, heads: 3, keyHeads: 1, spans: [slidingWindow(1, 90)] },
  { queries: 140, keys: 170, width: 4, heads: 2, spans: [slidingWindow(90, 80)], dropout: 0.3 },
  // The queries of the last keys' blocks would be numbered beyond 32 bits.
  {
    queries: 3,
    keys: 4100,
    width: 1,
    heads: 1,
    spans: [{ block: 2 ** 40, stride: 1, start: 0, end: 1, causal: false }],
    position: 2 ** 20 + 5,
  },
];

const BATCH = 2;

/** The operands of a case, and bounds of what is computed of them. */
function drawCase(backends: ComparedBackends, drawn: Case, bounds: SweepBounds) {
  const { queries, keys: count, width, heads, keyHeads = heads, spans, position = 0, hides } =
    drawn;
  const { dropout: rate = 0 } = drawn;
  const [first, scale] = [2, 0.8];
  const rows = first + count;
  const [dy, y, query] = [1, 2, 3].map((seed) =>
    backends.draw(BATCH * queries * heads * width, seed)
  );
  const [keys, values] = [4, 5].map((seed) => backends.draw(BATCH * rows * keyHeads * width, seed));
  const maskHeads = hides === "perHead" ? heads : 1;
  const mask = Int32Array.from(
    { length: BATCH * maskHeads * count },
    (_, i) => hides && i % 5 === 2 ? 0 : 1,
  );
  const queryMask = Int32Array.from(
    { length: BATCH * queries },
    (_, i) => hides && i % 4 === 1 ? 0 : 1,
  );
  const largest = {
    query: largestLength(query, width),
    key: largestLength(keys, width),
    value: largestMagnitude(values),
  };
  const sizes = {
    score: scale * largest.query * largest.key,
    dy: largestLength(dy, width) / (1 - rate),
    inner: largestLength(dy, width) * largestLength(y, width),
    passed: largestLength(dy, width) * largestLength(values, width) / (1 - rate),
  };
  if (hides) {
    // What is hidden may be any number.
    mask.forEach((visible, i) => {
      if (visible || hides === "perHead") return;
      const start = (Math.floor(i / count) * rows + first + i % count) * keyHeads * width;
      for (const array of [keys, values]) array.fill(NaN, start, start + keyHeads * width);
    });
    queryMask.forEach((visible, i) => {
      if (!visible) query.fill(NaN, i * heads * width, (i + 1) * heads * width);
    });
  }
  const call = (on: Backend) => {
    const wide = [BATCH, queries, heads * width], narrow = [BATCH, rows, keyHeads * width];
    const source = {
      keys: on.floats(keys, narrow),
      values: on.floats(values, narrow),
      first,
      count,
      spans,
      ...(hides && {
        mask: on.integers(mask, hides === "perHead" ? [BATCH, heads, count] : [BATCH, count]),
      }),
    };
    return {
      dy: on.floats(dy, wide),
      y: on.floats(y, wide),
      query: on.floats(query, wide),
      parts: [{ first: 0, count: queries, position, sources: [source] }],
      options: { heads, keyHeads, scale, ...(rate && { dropout: { rate, key: 77 } }) },
      queryMask: on.integers(queryMask, [BATCH, queries]),
    };
  };
  const terms = { width, keys: count, queries: queries * heads, spans: spans.length };
  return { call, heads, queries, sizes, largest, terms, bounds, scale };
}

/** The logarithms of the reference, for all backends. */
function statisticsOf(call: ReturnType<typeof drawCase>["call"]): Float32Array[] {
  const reference = new CpuBackend();
  const { dy, y, query, parts, options, queryMask } = call(reference);
  const { logSum } = reference.run(attendWithSums, query, parts, { ...options, queryMask });
  const inner = reference.run(headProducts, dy, y, options.heads);
  const arrays = [logSum, inner].map(({ data }) => data.slice());
  reference.dispose();
  return arrays;
}

/** Asserts that the results lie within their bounds; infinities and zeros of rows are equal. */
function each(...bounds: readonly ((expected: number) => number)[]): Check {
  return (actual, expected) =>
    actual.forEach((values, r) =>
      values.forEach((value, i) => {
        const wanted = expected[r][i];
        if (Object.is(value, wanted) || Math.abs(value - wanted) <= bounds[r](wanted)) return;
        throw new Error(
          `value ${i} of result ${r} is ${value}, wanted ${wanted} within ${bounds[r](wanted)}`,
        );
      })
    );
}

/** A score is a sum of `width` products, scaled. */
const scoreError = ({ terms, sizes }: ReturnType<typeof drawCase>) =>
  (terms.width + 3) * UNIT * sizes.score;

/**
 * A logarithm of sums is off by the largest error of a score, by the relative error of the
 * exponentials and of the sum, twice for each span as spans are added, and by that of the logarithm.
 */
export async function attendWithSumsCases(
  backends: ComparedBackends,
  step: Step,
  bounds: SweepBounds,
  attend: AttendBounds,
): Promise<void> {
  await step("of all spans", async () => {
    for (const drawn of CASES) {
      const of = drawCase(backends, drawn, bounds);
      const { terms, sizes, largest, scale } = of;
      const size = { ...largest, width: terms.width, keys: terms.keys, scale, roundings: 0 };
      const most = attend.bound(size, terms.spans) / (1 - (drawn.dropout ?? 0));
      const sums = 2 * bounds.exponential(2 * sizes.score) + (terms.keys + 4) * UNIT;
      await backends.compare(
        JSON.stringify(drawn),
        (on) => {
          const { query, parts, options, queryMask } = of.call(on);
          const made = on.run(attendWithSums, query, parts, { ...options, queryMask });
          return [made.output, made.logSum];
        },
        each(
          (y) => y === 0 ? 0 : most,
          (log) =>
            scoreError(of) + 2 * terms.spans *
              (sums + bounds.logarithm(Math.log(terms.keys + 1)) + 2 * UNIT * Math.abs(log)),
        ),
      );
    }
  });
}

/** A sum of `width` products. */
export const headProductsCases: Steps = async (backends, step) => {
  await step("at each width", async () => {
    for (const width of [1, 3, 4, 5, 8, 64, 67]) {
      const dims = [2, 7, 3 * width];
      const [x, y] = [1, 2].map((seed) => backends.draw(42 * width, seed));
      const most = (width + 3) * UNIT * largestLength(x, width) * largestLength(y, width);
      await backends.compare(
        `${width}`,
        (on) => [on.run(headProducts, on.floats(x, dims), on.floats(y, dims), 3)],
        each(() => most),
      );
    }
  });
};

/**
 * A weight `exp(s − L)` is at most 1, and off relatively by the exponential, the score and the
 * difference; the gradient by a score by that and by `width + 3` roundings, of at most
 * `|dy·v| + |D|`.
 */
function weightError(of: ReturnType<typeof drawCase>): number {
  const { sizes, bounds } = of;
  // exp(x)·x is at most 1/e: large differences have small weights.
  return bounds.exponential(2 * sizes.score) + 2 * scoreError(of) + 4 * UNIT * sizes.score;
}

const floatsOf = (on: Backend, values: Float32Array, dims: number[]): Floats =>
  on.floats(values, dims);

/** The sum of weights of a query is 1: errors are those of the largest term, and of the sum. */
export async function attendQueryGradientCases(
  backends: ComparedBackends,
  step: Step,
  bounds: SweepBounds,
): Promise<void> {
  await step("of all spans", async () => {
    for (const drawn of CASES) {
      const of = drawCase(backends, drawn, bounds);
      const { terms, sizes, largest, heads, queries, scale } = of;
      const [logSum, inner] = statisticsOf(of.call);
      const error = weightError(of) + (terms.width + terms.keys + 8) * UNIT;
      const bound = scale * error * (sizes.passed + sizes.inner) * largest.key;
      await backends.compare(
        JSON.stringify(drawn),
        (on) => {
          const { dy, query, parts, options } = of.call(on);
          const dims = [BATCH, queries, heads];
          const statistics = {
            logSum: floatsOf(on, logSum, dims),
            inner: floatsOf(on, inner, dims),
          };
          return [on.run(attendQueryGradient, dy, statistics, query, parts, options)];
        },
        each((y) => y === 0 ? 0 : bound),
      );
    }
  });
}

/** A key has a weight of at most 1 in each query of its heads. */
export async function attendKeyGradientCases(
  backends: ComparedBackends,
  step: Step,
  bounds: SweepBounds,
): Promise<void> {
  await step("of all spans", async () => {
    for (const drawn of CASES) {
      const of = drawCase(backends, drawn, bounds);
      const { terms, sizes, largest, heads, queries, scale } = of;
      const [logSum, inner] = statisticsOf(of.call);
      const error = (weightError(of) + (terms.width + terms.queries + 8) * UNIT) * terms.queries;
      await backends.compare(
        JSON.stringify(drawn),
        (on) => {
          const { dy, query, parts, options } = of.call(on);
          const dims = [BATCH, queries, heads];
          const statistics = {
            logSum: floatsOf(on, logSum, dims),
            inner: floatsOf(on, inner, dims),
          };
          const made = on.run(attendKeyGradient, dy, statistics, query, parts, options);
          return [made.keys, made.values];
        },
        each(
          (y) => y === 0 ? 0 : scale * error * (sizes.passed + sizes.inner) * largest.query,
          (y) => y === 0 ? 0 : error * sizes.dy,
        ),
      );
    }
  });
}

/** The same keys in two sources, of the same tensors or of others. */
export async function attendGradientCases(
  backends: ComparedBackends,
  step: Step,
  bounds: SweepBounds,
): Promise<void> {
  await step("of all spans", async () => {
    for (const drawn of CASES) {
      const of = drawCase(backends, drawn, bounds);
      const { terms, sizes, largest, heads, queries, scale } = of;
      const [logSum, inner] = statisticsOf(of.call);
      const roundings = weightError(of) + (terms.width + terms.queries + terms.keys + 8) * UNIT;
      for (const isSame of [true, false]) {
        const byKeys = 2 * roundings * terms.queries;
        const most = [
          2 * scale * roundings * terms.keys * (sizes.passed + sizes.inner) * largest.key,
          ...Array.from({ length: isSame ? 1 : 2 }, () => [
            scale * byKeys * (sizes.passed + sizes.inner) * largest.query,
            byKeys * sizes.dy,
          ]).flat(),
        ];
        await backends.compare(
          `${JSON.stringify(drawn)}, ${isSame}`,
          (on) => {
            const { dy, query, parts: [part], options } = of.call(on);
            const [other] = isSame ? part.sources : of.call(on).parts[0].sources;
            const dims = [BATCH, queries, heads];
            const statistics = {
              logSum: floatsOf(on, logSum, dims),
              inner: floatsOf(on, inner, dims),
            };
            const parts = [{ ...part, sources: [...part.sources, other] }];
            return Object.values(on.run(attendGradient, dy, statistics, query, parts, options));
          },
          each(...most.map((bound) => (y: number) => y === 0 ? 0 : bound)),
        );
      }
    }
  });
}
