/** Every operation on numbers from the smallest float32 to the largest, beside the reference. */
import { everything, plainRotation, rotaryTurns } from "../../attention/mod.ts";
import { ACTIVATIONS } from "../../ops/activation.ts";
import type { Backend, Floats } from "../../ops/backend.ts";
import { FEATURE_MAPS, type FeatureMap } from "../../ops/attend_features.ts";
import type { ActivationBound } from "./activation_cases.ts";
import type { FeatureBound } from "./attend_features_cases.ts";
import {
  assertSame,
  type Check,
  type ComparedBackends,
  type Step,
  UNIT,
} from "./compared_backends.ts";
import { attendFeatures } from "../../ops/attend_features.ts";
import { attendHashed } from "../../ops/attend_hashed.ts";

/** Steps of about 1,000, the ends of float32 and of its normal numbers, and where squares end. */
export const MAGNITUDES: readonly number[] = [
  ...[1e-45, 1e-41, 1e-38, 2e-37, 1e-33, 1e-27, 1e-23, 1e-19, 1e-15, 1e-11, 1e-7, 1e-3, 1, 1e3],
  ...[1e7, 1e11, 1e15, 1e18, 1e19, 1e20, 1e23, 1e27, 1e33, 1e37, 1e38, 3e38],
];

/** What a backend loses. */
export interface Losses {
  readonly activation: ActivationBound;
  readonly features: FeatureBound;
  /** What may be lost of a number: half of the smallest on wasm, subnormal ones on webgpu. */
  readonly lost: number;
  /** How far an exponential of −x may be off, relative to itself. */
  readonly exponential: (x: number) => number;
}

/** Few numbers of about 1, exact in float32 and far apart. */
const ROW = [1, -0.75, 0.25, 0.5, -0.3125];
export const row = (count: number, magnitude: number, start = 0): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => ROW[(start + i + (i >> 2)) % 5] * magnitude);

/**
 * More than what sums of at most 12 numbers up to 2 round, and exponentials of at most 6, which are
 * off by 30 units.
 */
const FEW = 200 * UNIT;

/** Calls with pairs of magnitudes, at the same and at opposite ends. */
export async function eachPair(run: (a: number, b: number) => Promise<void>): Promise<void> {
  await Promise.all(MAGNITUDES.flatMap((a) =>
    [...new Set([1, a, 1 / a].map(Math.fround))]
      .filter((b) => b > 0 && b < 1e39)
      .map((b) => run(a, b))
  ));
}

/** Half of the range of float32: sums of terms beyond it may overflow on the way. */
const MOST = 2 ** 127;

/**
 * Asserts that a value is the reference's within a bound; not finite where the reference's is not,
 * and elsewhere only if terms on the way to it, added up, may overflow.
 */
export function agrees(
  bound: (expected: number, i: number) => number,
  terms: (i: number) => number = () => 0,
): Check {
  return (actual, expected) =>
    actual.forEach((values, r) =>
      values.forEach((value, i) => {
        const wanted = expected[r][i];
        if (Number.isFinite(wanted) && Number.isFinite(value)) {
          if (Math.abs(value - wanted) <= bound(wanted, i)) return;
        } else if (!Number.isFinite(value)) {
          if (!Number.isFinite(wanted) || terms(i) > MOST) return;
        }
        throw new Error(`value ${i} of result ${r} is ${value}, wanted ${wanted}`);
      })
    );
}

/** Turns of a head of `width` columns. */
function turnsOf(backend: Backend, positions: number[], width: number): Floats {
  const turns = rotaryTurns(Int32Array.from(positions), plainRotation(10000, width));
  return backend.floats(turns, [1, positions.length, width]);
}

/** The largest exponent of a feature: of rows of two values, and `ω` of two, each at most 1. */
function exponentOf(map: FeatureMap, magnitude: number): number {
  return map === "random" ? 2 * magnitude + magnitude ** 2 : magnitude;
}

/** All steps on the kinds of a backend. */
export async function magnitudeCases(
  backends: ComparedBackends,
  step: Step,
  { activation, features, lost, exponential }: Losses,
): Promise<void> {
  const each = (name: string, run: (magnitude: number) => Promise<void>) =>
    step(name, async () => void await Promise.all(MAGNITUDES.map(run)));
  const pairs = (name: string, run: (a: number, b: number) => Promise<void>) =>
    step(name, () => eachPair(run));
  const floats = (backend: Backend, values: Float32Array, ...dims: number[]): Floats =>
    backend.floats(values, dims);

  await each("activation()", async (magnitude) => {
    const x = row(10, magnitude);
    for (const name of ACTIVATIONS) {
      await backends.compare(
        `${name} of ${magnitude}`,
        (backend) => [backend.activation(floats(backend, x, 10), name)],
        agrees((y, i) => activation(name, x[i], y) + UNIT * Math.abs(y) + 2 * lost),
      );
    }
  });

  await each("add(), embed(), rotate() and copies", async (magnitude) => {
    const x = row(12, magnitude), y = row(12, magnitude, 2);
    await backends.compare(`${magnitude}`, (backend) => {
      const [a, b] = [x, y].map((values) => floats(backend, values, 1, 3, 4));
      const index = backend.integers(new Int32Array([2, 0]), [1, 2]);
      const table = backend.weight(x, [3, 4]);
      return [
        backend.add(a, b),
        backend.gatherRows(a, index),
        backend.scatterRows(a, index, backend.gatherRows(b, index)),
        backend.concatRows(a, b),
        backend.embed([{ ids: index, table }]),
        backend.rotate(a, turnsOf(backend, [0, 1, 5], 4), 1),
      ];
    }, agrees((y) => 8 * UNIT * (magnitude + Math.abs(y)) + 2 * lost));
  });

  for (const epsilon of [1e-5, 1e-12, 1e-35, 0]) {
    await each(`layerNorm() with epsilon ${epsilon}`, async (magnitude) => {
      const width = 9, x = row(2 * width, magnitude), residual = row(2 * width, magnitude, 3);
      const [weight, bias] = [row(width, 1), row(width, 1, 1)];
      // σ is at least 0.4 of the magnitude, and what is lost of a value relative to it. Otherwise as
      // in layer_norm_cases.ts, with values up to 2.
      const sizeOf = Math.max(0.4 * magnitude, Math.sqrt(epsilon));
      const bound = 4 * (width + 4) * UNIT * 2 / 0.4 + 4 * lost / sizeOf;
      for (const isAdded of [false, true]) {
        await backends.compare(
          `${magnitude}, ${isAdded}`,
          (backend) => {
            const [w, b] = [weight, bias].map((values) => floats(backend, values, width));
            const [t, r] = [x, residual].map((values) => floats(backend, values, 2, width));
            return [backend.layerNorm(t, w, b, epsilon, isAdded ? r : undefined)];
          }, // Rows of which all may be lost are rows of one value, which have no σ.
          lost >= sizeOf / 16 ? () => {} : agrees(() => bound),
        );
      }
    });
  }

  await pairs("linear() and feedForward()", async (a, b) => {
    const inputs = 5, outputs = 9, x = row(3 * inputs, a), w = row(outputs * inputs, b, 1);
    const sizes = Float64Array.from({ length: 3 * outputs }, (_, i) => {
      const at = Math.floor(i / outputs) * inputs, of = i % outputs * inputs;
      let sum = 0;
      for (let k = 0; k < inputs; k++) sum += Math.abs(x[at + k] * w[of + k]);
      return sum;
    });
    const error = (i: number) => (inputs + 2) * UNIT * sizes[i] + lost * inputs * (1 + a + b);
    await backends.compare(`${a} by ${b}`, (backend) => {
      const t = floats(backend, x, 1, 3, inputs);
      return [backend.linear(t, backend.weight(w, [outputs, inputs]))];
    }, agrees((_, i) => error(i), (i) => sizes[i]));
    const down = row(2 * outputs, 1);
    const sum = (row: number, of: (i: number) => number) => {
      let sum = 0;
      for (let k = 0; k < outputs; k++) sum += of(row * outputs + k);
      return sum;
    };
    await backends.compare(
      `relu between, ${a} by ${b}`,
      (backend) => {
        const up = { weight: backend.weight(w, [outputs, inputs]) };
        const t = floats(backend, x, 1, 3, inputs);
        return [backend.feedForward(t, up, "relu", { weight: backend.weight(down, [2, outputs]) })];
      },
      agrees(
        (_, i) =>
          sum(i >> 1, error) + (outputs + 2) * UNIT * sum(i >> 1, (k) => sizes[k]) + outputs * lost,
        (i) => sum(i >> 1, (k) => sizes[k]),
      ),
    );
  });

  /**
   * A bound for `Σ wⱼ·vⱼ` with `w = softmax(s)`: each score is off by δ, so each weight by a factor
   * of `exp(2δ)`, and by what an exponential and the sums round.
   */
  const softmaxBound = (scores: readonly number[], delta: number, values: readonly number[]) => {
    const top = Math.max(...scores);
    const total = scores.reduce((sum, score) => sum + Math.exp(score - top), 0);
    return scores.reduce((sum, score, j) => {
      const gap = top - score;
      const roundings = (scores.length + 8) * UNIT + 2 * exponential(Math.min(gap, 100));
      const most = Math.exp(Math.min(0, 2 * delta + roundings - gap - Math.log(total)));
      const least = Math.exp(-gap) / total;
      return sum + Math.abs(values[j]) * Math.max(most - least, 4 * UNIT * least);
    }, 2 * scores.length * lost);
  };

  await pairs("attend()", async (a, b) => {
    for (const size of [1, a]) {
      const queries = row(3, a), keys = row(7, b, 1), values = row(7, size, 2);
      const scores = (i: number) => Array.from(keys, (key) => queries[i] * key);
      await backends.compare(
        `${a} by ${b} of ${size}`,
        (backend) => {
          const [q, k, v] = [queries, keys, values].map((x) => floats(backend, x, 1, x.length, 1));
          const source = { keys: k, values: v, first: 0, count: 7, spans: [everything(7)] };
          return [backend.attend(q, [{ first: 0, count: 3, sources: [source] }], { heads: 1 })];
        },
        agrees(
          (_, i) => softmaxBound(scores(i), 3 * UNIT * a * b + lost * (1 + a + b), [...values]),
          () => Math.max(values.reduce((sum, value) => sum + Math.abs(value), 0), a * b),
        ),
      );
    }
  });

  await pairs("attendHashed()", async (a, b) => {
    for (const other of [b, 1e-3]) {
      // All queries point one way, so they share a bucket; scores are the query times 1.
      const queries = Float32Array.from({ length: 6 }, (_, i) => Math.abs(ROW[i % 5]))
        .map((value, i) => value * (i % 2 ? a : other));
      const values = row(6, 1);
      await backends.compare(
        `${a} and ${other}`,
        (backend) => {
          const [q, v] = [queries, values].map((x) => floats(backend, x, 1, 6, 1));
          const mask = backend.integers(new Int32Array(6).fill(1), [1, 6]);
          const matrix = floats(backend, new Float32Array([2]), 1, 1, 1);
          return [backend.run(attendHashed, q, v, mask, matrix, 64)];
        },
        agrees((_, i) => {
          // Keys that may be lost have length 0, and the score 0.
          const isLost = queries.some((query) => query < 2 * lost);
          const delta = isLost ? queries[i] : 30 * UNIT * queries[i];
          return softmaxBound(Array(5).fill(queries[i]), delta, [...values]);
        }),
      );
    }
  });

  const sizes = { terms: 2, features: 3, keys: 4, value: 1, isRounded: false };
  for (const map of FEATURE_MAPS) {
    await each(`attendFeatures() by ${map}`, async (magnitude) => {
      const [query, key] = [row(8, magnitude), row(8, magnitude, 1)];
      const value = row(8, 1, 2);
      await backends.compare(
        `${magnitude}`,
        (backend) => {
          const [q, k, v] = [query, key, value].map((x) => floats(backend, x, 1, 4, 2));
          const mask = backend.integers(new Int32Array(4).fill(1), [1, 4]);
          const projection = floats(backend, row(6, 1), 3, 2);
          return [backend.run(attendFeatures, q, k, v, mask, { heads: 1, map, projection })];
        },
        agrees(
          // Whatever the roundings, it is a mean of the values.
          () =>
            Math.min(2, features({ ...sizes, exponent: exponentOf(map, magnitude) })) + 2 * lost,
          // Features of elu, and squares of random ones.
          () => magnitude ** 2 * 32,
        ),
      );
    });
  }

  await each("selections", async (magnitude) => {
    const keys = row(16, magnitude), values = row(16, magnitude, 3), query = row(16, 1);
    const shape = { heads: 1, first: 0, tokens: 8, block: 4, factor: 2, chunk: 4 };
    const make = (backend: Backend) => {
      const [q, k, v] = [query, keys, values].map((x) => floats(backend, x, 1, 8, 2));
      return { q, k, v, mask: backend.integers(new Int32Array(8).fill(1), [1, 8]) };
    };
    const copies = agrees((y) => y === 0 ? 0 : 2 * lost);
    await backends.compare(`norm of ${magnitude}`, (backend) => {
      const { k, v, mask } = make(backend);
      const list = backend.selectNorm(k, v, mask, shape);
      return [list.keys, list.values, list.mask];
    }, magnitude < 2 * lost ? () => {} : copies);
    await backends.compare(`strides and pooling of ${magnitude}`, (backend) => {
      const { k, v, mask } = make(backend);
      const lists = [
        backend.selectStride(k, v, mask, shape),
        backend.selectBlockStride(k, v, mask, shape),
        backend.selectPooling(k, v, mask, shape),
      ];
      return lists.flatMap((list) => [list.keys, list.values, list.mask]);
    }, agrees((y) => 12 * UNIT * Math.max(Math.abs(y), magnitude) + 2 * lost));
    await backends.compare(
      `lsh of ${magnitude}`,
      (backend) => {
        const { k, v, mask } = make(backend);
        const list = backend.selectLsh(k, v, mask, [floats(backend, row(2, 1), 1, 2, 1)], shape);
        return [list.keys, list.values, list.mask];
      },
      magnitude < 16 * lost ? () => {} : agrees(
        () => 12 * UNIT * magnitude + 2 * lost,
        () => 4 * magnitude,
      ),
    );
    await backends.compare(
      `bos pooling of ${magnitude}`,
      (backend) => {
        const { q, k, v, mask } = make(backend);
        const list = backend.selectBosPooling(q, k, v, mask, shape);
        return [list.keys, list.values, list.mask];
      },
      agrees((_, i) => {
        const [first, second] = [0, 1].map((t) => {
          const at = 4 * Math.floor(i / 2) + 2 * t;
          return (query[0] * keys[at] + query[1] * keys[at + 1]) / Math.SQRT2;
        });
        const bound = softmaxBound([first, second], 8 * UNIT * magnitude, [magnitude, magnitude]);
        return bound + 8 * UNIT * magnitude + 2 * lost;
      }, () => 4 * magnitude),
    );
  });

  await step("selectNorm() among keys of all magnitudes", async () => {
    const sizes = MAGNITUDES.filter((magnitude) => magnitude > 8 * lost);
    for (const some of [sizes, sizes.filter((x) => x < 1), sizes.filter((x) => x >= 1)]) {
      // Every 7th, so that chunks hold all kinds.
      const keys = Float32Array.from(
        { length: 64 },
        (_, i) => ROW[i % 2] * some[(7 * (i >> 1)) % some.length],
      );
      for (const factor of [2, 4, 16]) {
        const shape = { heads: 1, first: 0, tokens: 32, block: 16, factor, chunk: 16 };
        await backends.compare(`32 keys by ${factor}`, (backend) => {
          const k = floats(backend, keys, 1, 32, 2);
          const mask = backend.integers(new Int32Array(32).fill(1), [1, 32]);
          const list = backend.selectNorm(k, k, mask, shape);
          return [list.keys, list.mask];
        }, assertSame);
      }
    }
  });

  await step("selectNorm() keeps no more keys if some are NaN", async () => {
    const keys = new Float32Array([1, 1, 1, 1, NaN, 1, 2, 1]); // two heads
    const shape = { heads: 2, first: 0, tokens: 4, block: 2, factor: 2, chunk: 2 };
    await backends.compare("4 tokens", (backend) => {
      const k = floats(backend, keys, 1, 4, 2);
      const list = backend.selectNorm(
        k,
        k,
        backend.integers(new Int32Array([0, 0, 1, 1]), [1, 4]),
        shape,
      );
      return [list.keys, list.mask];
    }, assertSame);
  });

  await step("of NaN and infinities: not finite where the reference is not", async () => {
    for (const odd of [NaN, Infinity, -Infinity]) {
      const [x, good] = [row(12, 1), row(12, 1, 2)];
      x[5] = odd; // of the third of six tokens
      const check = agrees(() => FEW);
      for (const name of ACTIVATIONS) {
        await backends.compare(`${name} of ${odd}`, (backend) => {
          const single = (values: Float32Array) => floats(backend, values, 1, 1, values.length);
          const one = { weight: backend.weight(new Float32Array([1]), [1, 1]) };
          return [
            backend.activation(single(x), name),
            backend.linear(floats(backend, x, 12, 1), one.weight, undefined, name),
            backend.feedForward(floats(backend, x, 12, 1), one, name, one),
          ];
        }, check);
      }
      await backends.compare(`rows of ${odd}`, (backend) => {
        const [a, b] = [x, good].map((values) => floats(backend, values, 1, 6, 2));
        const ones = floats(backend, new Float32Array([1, 1]), 2);
        const index = backend.integers(new Int32Array([2, 0]), [1, 2]);
        const weight = backend.weight(row(6, 1), [3, 2]);
        return [
          backend.add(a, b),
          backend.add(b, a),
          backend.layerNorm(a, ones, ones, 1e-5),
          backend.layerNorm(b, ones, ones, 1e-5, a),
          backend.linear(a, weight),
          backend.gatherRows(a, index),
          backend.rotate(a, turnsOf(backend, [0, 1, 2, 3, 4, 5], 2), 1),
        ];
      }, check);
      // The odd token as a query, a key and a value; with its own bucket, it sees only itself.
      for (const role of [0, 1, 2]) {
        const of = (backend: Backend) =>
          [0, 1, 2].map((i) => floats(backend, i === role ? x : good, 1, 6, 2));
        await backends.compare(`attend(), ${odd} as operand ${role}`, (backend) => {
          const [q, keys, values] = of(backend);
          const source = { keys, values, first: 0, count: 6, spans: [everything(6)] };
          return [backend.attend(q, [{ first: 0, count: 6, sources: [source] }], { heads: 1 })];
        }, check);
        for (const map of FEATURE_MAPS) {
          await backends.compare(`${map}, ${odd} as operand ${role}`, (backend) => {
            const [q, k, v] = of(backend);
            const mask = backend.integers(new Int32Array(6).fill(1), [1, 6]);
            const projection = floats(backend, row(6, 1), 3, 2);
            return [backend.run(attendFeatures, q, k, v, mask, { heads: 1, map, projection })];
          }, check);
        }
        for (const tokens of [1, 6]) {
          await backends.compare(`${tokens} hashed, ${odd} as operand ${role}`, (backend) => {
            const [q, v] = [0, 2].map((i) =>
              floats(
                backend,
                (i === role ? x : good).slice(12 - 2 * tokens - 6 * (tokens & 1))
                  .slice(0, 2 * tokens),
                1,
                tokens,
                2,
              )
            );
            const mask = backend.integers(new Int32Array(tokens).fill(1), [1, tokens]);
            const matrix = floats(backend, new Float32Array([1, 1]), 1, 2, 1);
            return [backend.run(attendHashed, q, v, mask, matrix, 64)];
          }, check);
        }
        await backends.compare(`lists, ${odd} as operand ${role}`, (backend) => {
          const [q, k, v] = of(backend);
          const shape = { heads: 1, first: 0, tokens: 6, block: 2, factor: 2, chunk: 2 };
          const mask = backend.integers(new Int32Array(6).fill(1), [1, 6]);
          const lists = [
            backend.selectNorm(k, v, mask, shape),
            backend.selectPooling(k, v, mask, shape),
            backend.selectBosPooling(q, k, v, mask, shape),
            backend.selectStride(k, v, mask, shape),
          ];
          return lists.flatMap((list) => [list.keys, list.values, list.mask]);
        }, check);
      }
    }
  });

  await step("scores beyond float32 are NaN if they are the largest, or all", async () => {
    const cases = [[1, 1e20, -1e20], [1e20, 1e20, 1], [-1e20, 1e20, 2e20], [1e20, 1, 2], [
      -1e20,
      1e20,
      -1e-5,
    ]];
    for (const [query, ...keys] of cases) {
      await backends.compare(`${query} by ${keys}`, (backend) => {
        const k = floats(backend, new Float32Array(keys), 1, 2, 1);
        const q = floats(backend, new Float32Array([query]), 1, 1, 1);
        const v = floats(backend, new Float32Array([3, 4]), 1, 2, 1);
        const source = { keys: k, values: v, first: 0, count: 2, spans: [everything(2)] };
        const hidden = { ...source, mask: backend.integers(new Int32Array(2), [1, 2]) };
        const attend = (...sources: (typeof source)[]) =>
          backend.attend(q, [{ first: 0, count: 1, sources }], { heads: 1 });
        // Alone, with another source, in a chain of three, and where nothing is seen.
        return [
          attend(source),
          attend(source, { ...source, keys: v }),
          attend(source, { ...source, keys: v, values: k }, source),
          attend(hidden),
        ];
      }, agrees((y) => FEW * (1 + Math.abs(y))));
    }
  });
}
