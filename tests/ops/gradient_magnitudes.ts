/** The operations of gradients on numbers from the smallest float32 to the largest. */
import { CpuBackend } from "../../cpu/mod.ts";
import { ACTIVATIONS } from "../../ops/activation.ts";
import { NORMS } from "../../ops/norm_gradient.ts";
import { everything } from "../../ops/span.ts";
import type { Backend } from "../../ops/backend.ts";
import type { AdamWBound } from "./adam_w_cases.ts";
import type { SweepBounds } from "./attend_gradient_cases.ts";
import { type Check, type ComparedBackends, type Step, UNIT } from "./compared_backends.ts";
import type { SlopeBound } from "./gradient_cases.ts";
import { agrees, eachPair, row } from "./magnitudes.ts";
import { activationGradient } from "../../ops/activation_gradient.ts";
import { adamW } from "../../ops/adam_w.ts";
import { addToRows } from "../../ops/add_to_rows.ts";
import { attendKeyGradient } from "../../ops/attend_key_gradient.ts";
import { attendQueryGradient } from "../../ops/attend_query_gradient.ts";
import { attendWithSums } from "../../ops/attend_with_sums.ts";
import { headProducts } from "../../ops/head_products.ts";
import { linearInputs } from "../../ops/linear_inputs.ts";
import { normGradient } from "../../ops/norm_gradient.ts";
import { sparseListGradient } from "../../ops/sparse_list_gradient.ts";
import { weightGradient } from "../../ops/weight_gradient.ts";

/** What a backend loses. */
export interface GradientLosses {
  readonly slope: SlopeBound;
  readonly sweep: SweepBounds;
  readonly adamW: AdamWBound;
  /** What may be lost of a number: half of the smallest on wasm, subnormal ones on webgpu. */
  readonly lost: number;
}

/** All steps on the kinds of a backend. */
export async function gradientMagnitudeCases(
  backends: ComparedBackends,
  step: Step,
  losses: GradientLosses,
): Promise<void> {
  const { slope, lost } = losses;
  const tensor = (on: Backend, values: Float32Array, ...dims: number[]) => on.floats(values, dims);

  await step("activationGradient()", () =>
    eachPair(async (a, b) => {
      const [x, dy] = [row(10, a), row(10, b, 2)];
      await backends.compare(
        `${a}, ${b}`,
        (on) =>
          ACTIVATIONS.map((name) =>
            on.run(activationGradient, tensor(on, dy, 10), tensor(on, x, 10), name)
          ),
        ofEach(ACTIVATIONS.map((name) =>
          agrees(
            // A value that may be taken for 0 may be on either side of a corner.
            (y, i) =>
              (Math.abs(x[i]) < lost ? Math.abs(dy[i]) : 0) + slope(name, dy[i], y) +
              2 * lost * (1 + Math.abs(dy[i]) + (name === "relu2" ? Math.abs(x[i]) : 0)),
            (i) => name === "relu2" ? 2 * Math.abs(x[i]) : 0,
          )
        )),
      );
    }));

  await step("linearInputs() and weightGradient()", () =>
    eachPair(async (a, b) => {
      const [rows, inputs, outputs] = [7, 5, 9];
      const dy = row(rows * outputs, a), x = row(rows * inputs, b, 1);
      const w = row(outputs * inputs, b, 1);
      const sum = (count: number, term: (k: number) => number) => {
        let sum = 0;
        for (let k = 0; k < count; k++) sum += Math.abs(term(k));
        return sum;
      };
      const ofInput = (i: number) => {
        const [r, c] = [Math.floor(i / inputs), i % inputs];
        return sum(outputs, (o) => dy[r * outputs + o] * w[o * inputs + c]);
      };
      const ofWeight = (i: number) => {
        const [o, c] = [Math.floor(i / inputs), i % inputs];
        return sum(rows, (r) => dy[r * outputs + o] * x[r * inputs + c]);
      };
      const small = 12 * lost * (1 + a + b);
      await backends.compare(
        `${a} by ${b}`,
        (on) => {
          const d = tensor(on, dy, rows, outputs);
          return [
            on.run(linearInputs, d, on.weight(w, [outputs, inputs])),
            on.run(weightGradient, d, tensor(on, x, rows, inputs)),
          ];
        },
        ofEach(
          [ofInput, ofWeight].map((size) => agrees((_, i) => 12 * UNIT * size(i) + small, size)),
        ),
      );
    }));

  for (const epsilon of [1e-5, 1e-35]) {
    await step(`normGradient() with epsilon ${epsilon}`, () =>
      eachPair(async (a, b) => {
        const width = 9;
        const [x, dy, weight] = [row(2 * width, a), row(2 * width, b, 1), row(width, 1, 2)];
        // As in magnitudes.ts, sigma is at least 0.4 of the magnitude; values are at most twice it.
        const sigma = Math.max(0.4 * a, Math.sqrt(epsilon));
        const normed = 2 * a / sigma;
        const largest = (1 + normed ** 2) * b / sigma;
        await backends.compare(
          `${a}, ${b}`,
          (on) => {
            const [d, t] = [dy, x].map((of) => tensor(on, of, 2, width));
            const w = tensor(on, weight, width);
            return NORMS.map((name) => on.run(normGradient, d, t, w, epsilon, name));
          },
          lost >= sigma / 16 ? () => {} : agrees(
            () =>
              8 * (width + 8) * UNIT * largest + lost * (4 * largest / a + (2 + normed) / sigma) +
              2 * lost,
            () => Math.max(largest, width * b * normed),
          ),
        );
      }));
  }

  await step("addToRows(), sparseListGradient() and multiply()", () =>
    eachPair(async (a, b) => {
      const y = row(12, a), other = row(12, b, 2);
      const most = 12 * UNIT * a * Math.max(1, b) + 8 * lost * (1 + a + b);
      await backends.compare(`${a}, ${b}`, (on) => {
        const rows = tensor(on, y, 6, 2);
        const order = on.integers(new Int32Array([3, 0, 5]), [3]);
        const starts = on.integers(new Int32Array([0, 2, 2, 3]), [4]);
        const options = { heads: 1, first: 1, tokens: 4, rows: 6, region: 2, kept: 1 };
        const list = tensor(on, y.slice(0, 4), 1, 2, 2);
        return [
          on.run(addToRows, rows, order, starts, b),
          on.run(sparseListGradient, list, [tensor(on, other.slice(0, 4), 1, 2, 2)], options),
          on.multiply(rows, tensor(on, other, 6, 2)),
        ];
      }, agrees(() => most, () => 4 * a * Math.max(1, b)));
    }));

  await step("attendWithSums(), headProducts() and the sweeps", () =>
    eachPair(async (a, b) => {
      for (const size of new Set([1, a])) await compareSweeps(backends, a, b, size, losses);
    }));

  await step("adamW()", () =>
    eachPair(async (a, b) => {
      if (b > 1e18) return; // the norm of all gradients refuses what has no square
      const settings = { rate: 0.01, decay: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: 1 };
      const [values, gradient] = [row(5, a), row(5, b, 1)];
      const { moment, step } = losses.adamW;
      // The first step goes by the rate; by less where the gradient is not above epsilon, and its
      // square may be lost.
      const relative = b < 1e4 * Math.sqrt(lost) ? 1 : (2 * moment + step + 8) * UNIT;
      await backends.compare(
        `${a}, ${b}`,
        (on) => {
          const [p, m, v] = [values, new Float32Array(5), new Float32Array(5)]
            .map((of) => tensor(on, of.slice(), 5));
          on.run(adamW, p, tensor(on, gradient, 5), m, v, settings);
          return [p, m];
        },
        ofEach([
          agrees((y) => 4 * UNIT * Math.abs(y) + 0.02 * relative + 2 * lost),
          agrees((y) => (moment + 4) * UNIT * Math.abs(y) + 2 * lost),
        ]),
      );
    }));

  await step("of NaN and infinities: not finite where the reference is not", async () => {
    for (const odd of [NaN, Infinity, -Infinity]) await compareOdd(backends, odd);
  });
}

/** A check of its own for each result. */
function ofEach(checks: readonly Check[]): Check {
  return (actual, expected, store) =>
    checks.forEach((check, r) => check([actual[r]], [expected[r]], store));
}

/** Three queries of seven keys, of one column: scores up to a·b, values and dy of a size. */
async function compareSweeps(
  backends: ComparedBackends,
  a: number,
  b: number,
  size: number,
  { sweep, lost }: GradientLosses,
): Promise<void> {
  const arrays = [row(3, a), row(7, b, 1), row(7, size, 2), row(3, size, 3), row(3, size, 4)];
  const [query, keys, values, dy] = arrays;
  const call = (on: Backend) => {
    const [q, k, v, d, out] = arrays.map((of) => on.floats(of, [1, of.length, 1]));
    const source = { keys: k, values: v, first: 0, count: 7, spans: [everything(7)] };
    return { q, d, out, parts: [{ first: 0, count: 3, sources: [source] }] };
  };
  const reference = new CpuBackend();
  const { q, d, out, parts } = call(reference);
  const { logSum: logs } = reference.run(attendWithSums, q, parts, { heads: 1 });
  const products = reference.run(headProducts, d, out, 1);
  const [logSum, inner] = [logs, products].map(({ data }) => data.slice());
  reference.dispose();
  const delta = 3 * UNIT * a * b + lost * (1 + a + b);
  const large = 4 * size ** 2;

  /** How far a weight may be off: at most 1, where its score is off by that much. */
  const weightError = (i: number, j: number) => {
    const gap = Math.max(0, logSum[i] - query[i] * keys[j]);
    const off = delta + 2 * UNIT * (a * b + gap) + sweep.exponential(Math.min(gap, 100)) + 4 * UNIT;
    return Math.min(1, Math.exp(off - gap)) - Math.exp(-gap - off) + lost;
  };
  /** Where scores have lost their digits, weights are anything from 0 to 1, and overflow or not. */
  const ofWeights = (check: Check): Check =>
    delta < 1 ? check : (actual, expected, store) => {
      const known = expected.map((values, r) =>
        values.map((value, i) => Number.isFinite(value) ? value : actual[r][i])
      );
      check(actual, known as typeof expected, store);
    };
  /** The error of a term of dq or dk: a weight by the gradient of a score by a factor. */
  const termError = (i: number, j: number, factor: number) => {
    const passed = Math.abs(dy[i] * values[j]) + Math.abs(inner[i]);
    const weight = weightError(i, j) + 24 * UNIT;
    return Math.abs(factor) * (passed * weight + lost * (2 + 2 * size)) +
      lost * (2 + passed + Math.abs(factor));
  };
  const sum = (count: number, term: (k: number) => number) =>
    Array.from({ length: count }, (_, k) => term(k)).reduce((x, y) => x + y, 0);
  const most = (factor: number) => () => Math.max(7 * large * factor, large, a * b);
  await backends.compare(
    `${a} by ${b}, of ${size}`,
    (on) => {
      const { q, d, out, parts } = call(on);
      const { logSum: own } = on.run(attendWithSums, q, parts, { heads: 1 });
      const known = {
        logSum: on.floats(logSum, [1, 3, 1]),
        inner: on.floats(inner, [1, 3, 1]),
      };
      const made = on.run(attendKeyGradient, d, known, q, parts, { heads: 1 });
      const dq = on.run(attendQueryGradient, d, known, q, parts, { heads: 1 });
      return [own, on.run(headProducts, d, out, 1), dq, made.keys, made.values];
    },
    ofEach([
      agrees((y) => {
        const exponentials = sweep.exponential(Math.min(2 * a * b, 100));
        return delta + 2 * exponentials + 20 * UNIT + sweep.logarithm(2) + 2 * UNIT * Math.abs(y);
      }, () => a * b),
      agrees((y) => 3 * UNIT * Math.abs(y) + lost * (1 + 2 * size), () => large),
      ofWeights(agrees((_, i) => sum(7, (j) => termError(i, j, keys[j])), most(b))),
      ofWeights(agrees((_, j) => sum(3, (i) => termError(i, j, query[i])), most(a))),
      ofWeights(agrees(
        (_, j) => sum(3, (i) => Math.abs(dy[i]) * (weightError(i, j) + 8 * UNIT) + 2 * lost),
        () => Math.max(3 * size, a * b),
      )),
    ]),
  );
}

/** One value that is no number, as each operand. */
async function compareOdd(backends: ComparedBackends, odd: number): Promise<void> {
  // Keys of both signs: a query of which all scores are −∞ has no output either.
  const [bad, good] = [row(12, 1), row(12, 1, 1)];
  bad[5] = odd; // of the third of six rows
  const check = agrees(() => 200 * UNIT);
  for (const isOfX of [false, true]) {
    const [x, dy] = isOfX ? [bad, good] : [good, bad];
    await backends.compare(
      `activations of ${odd}, ${isOfX}`,
      (on) =>
        ACTIVATIONS.map((name) =>
          on.run(activationGradient, on.floats(dy, [12]), on.floats(x, [12]), name)
        ),
      check,
    );
    await backends.compare(`rows of ${odd}, ${isOfX}`, (on) => {
      const [d, t] = [dy, x].map((of) => on.floats(of, [6, 2]));
      const ones = on.floats(new Float32Array([1, 1]), [2]);
      const weight = on.weight(row(6, 1), [2, 3]);
      const order = on.integers(new Int32Array([2, 4, 0]), [3]);
      const starts = on.integers(new Int32Array([0, 1, 3]), [3]);
      const options = { heads: 1, first: 0, tokens: 12, rows: 12, region: 2, kept: 1 };
      const [list, share] = [d, t].map((of) => of.reshape([1, 6, 2]));
      return [
        on.run(linearInputs, d, weight),
        on.run(weightGradient, d, t),
        on.run(normGradient, d, t, ones, 1e-5, "layer"),
        on.run(normGradient, d, t, ones, 1e-5, "rms"),
        on.run(addToRows, d, order, starts),
        on.run(sparseListGradient, list, [share], options),
        on.multiply(d, t),
      ];
    }, check);
  }
  // A product of tiles multiplies infinity by weights of 0, too, where the reference has no term.
  const ofTiles = agrees(() => 200 * UNIT, () => Infinity);
  for (const role of [0, 1, 2, 3]) {
    await backends.compare(`attend(), ${odd} as operand ${role}`, (on) => {
      const [q, keys, values, dy] = [0, 1, 2, 3].map((i) =>
        on.floats(i === role ? bad : good, [1, 6, 2])
      );
      const source = { keys, values, first: 0, count: 6, spans: [everything(6)] };
      const parts = [{ first: 0, count: 6, sources: [source] }];
      const { output, logSum } = on.run(attendWithSums, q, parts, { heads: 1 });
      const known = { logSum, inner: on.run(headProducts, dy, output, 1) };
      const made = on.run(attendKeyGradient, dy, known, q, parts, { heads: 1 });
      // Tiles multiply an infinite key by its gradient of 0; PyTorch does, too.
      if (role === 1 && !Number.isNaN(odd)) return [made.keys, made.values];
      return [
        on.run(attendQueryGradient, dy, known, q, parts, { heads: 1 }),
        made.keys,
        made.values,
      ];
    }, ofTiles);
  }
}
