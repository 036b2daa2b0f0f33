/** Cases of the operations that gradients of layers and rows are made of. */
import { CpuBackend } from "../../cpu/mod.ts";
import { type ActivationName, ACTIVATIONS } from "../../ops/activation.ts";
import type { Backend, Floats } from "../../ops/backend.ts";
import { NORMS } from "../../ops/norm_gradient.ts";
import {
  assertSame,
  type ComparedBackends,
  type Step,
  type Steps,
  UNIT,
  within,
} from "./compared_backends.ts";
import { drawRows, WIDTHS } from "./rows.ts";
import { activationGradient } from "../../ops/activation_gradient.ts";
import { addToRows } from "../../ops/add_to_rows.ts";
import { linearInputs } from "../../ops/linear_inputs.ts";
import { normGradient } from "../../ops/norm_gradient.ts";
import { sparseListGradient } from "../../ops/sparse_list_gradient.ts";
import { sumRows } from "../../ops/sum_rows.ts";
import { sumSquares } from "../../ops/sum_squares.ts";
import { weightGradient } from "../../ops/weight_gradient.ts";

/** How far the gradient of an activation may be off, of dy and the result. */
export type SlopeBound = (name: ActivationName, dy: number, y: number) => number;

/**
 * A sum of `terms` products is off by at most `terms + 2` roundings of the sum of their magnitudes
 * (Higham, Accuracy and Stability, 3.1), which the reference computes of the magnitudes.
 */
function ofMagnitudes(terms: number, compute: (on: Backend) => Floats) {
  const reference = new CpuBackend();
  const sizes = compute(reference).data;
  reference.dispose();
  return within((_, i) => (terms + 3) * UNIT * sizes[i]);
}

const magnitudes = (values: Float32Array) => values.map(Math.abs);

/** Sums over outputs, of plain and of packed weights. */
export const linearInputsCases: Steps = async (backends, step) => {
  for (const kind of ["weight", "floats"] as const) {
    await step(`of each width and number of rows, ${kind}`, async () => {
      for (const [rows, inputs, outputs] of [...SIZES, ...DEEP]) {
        const dy = backends.draw(rows * outputs, 1);
        const weight = backends.draw(outputs * inputs, 2);
        const compute = (of: (values: Float32Array) => Float32Array) => (on: Backend) =>
          on.run(
            linearInputs,
            on.floats(of(dy), [rows, outputs]),
            on[kind](of(weight), [outputs, inputs]),
          );
        await backends.compare(
          `${rows}·${outputs}·${inputs}`,
          (on) => [compute((values) => values)(on)],
          ofMagnitudes(outputs, compute(magnitudes)),
        );
      }
    });
  }
};

/** Rows, inputs, outputs: around vectors, tiles and panels. */
const SIZES = [
  ...[[1, 1, 1], [2, 3, 4], [5, 8, 9], [3, 17, 8], [65, 5, 7], [7, 31, 33], [130, 12, 3]],
  [2, 1030, 10],
] as const;

/** Outputs that wasm adds up in several turns, of whole tiles and of parts. */
const DEEP = [[3, 9, 1600], [5, 8, 800]] as const;

/** Sums over rows, of their own and added to those of plain and of packed matrices. */
export const weightGradientCases: Steps = async (backends, step) => {
  await step("of each width and number of rows", async () => {
    for (const [rows, inputs, outputs] of [...SIZES, ...LONG]) {
      const [dy, x] = [backends.draw(rows * outputs, 1), backends.draw(rows * inputs, 2)];
      const compute = (of: (values: Float32Array) => Float32Array) => (on: Backend) =>
        on.run(
          weightGradient,
          on.floats(of(dy), [rows, outputs]),
          on.floats(of(x), [rows, inputs]),
        );
      await backends.compare(
        `${rows}·${outputs}·${inputs}`,
        (on) => [compute((values) => values)(on)],
        ofMagnitudes(rows, compute(magnitudes)),
      );
    }
  });
  for (const kind of ["weight", "floats"] as const) {
    await step(`added to a sum, ${kind}`, async () => {
      for (const [rows, inputs, outputs] of [...SIZES, ...LONG]) {
        const [dy, x] = [backends.draw(rows * outputs, 1), backends.draw(rows * inputs, 2)];
        const matrix = new Float32Array(outputs * inputs);
        const compute = (of: (values: Float32Array) => Float32Array) => (on: Backend) => {
          const sum = on.like(on[kind](matrix, [outputs, inputs]));
          const d = on.floats(of(dy), [rows, outputs]);
          const first = on.run(weightGradient, d, on.floats(of(x), [rows, inputs]), sum);
          return on.run(weightGradient, d, on.floats(of(x), [rows, inputs]), first);
        };
        await backends.compare(
          `${rows}·${outputs}·${inputs}`,
          (on) => [compute((values) => values)(on)],
          ofMagnitudes(2 * rows, compute(magnitudes)),
        );
      }
    });
  }
};

/** More rows than are added at a time, and more columns than a block has. */
const LONG = [[1600, 7, 9], [3, 330, 17], [3, 17, 330]] as const;

/** Sums over rows, and of products. */
export const sumRowsCases: Steps = async (backends, step) => {
  await step("of each width and number of rows", async () => {
    for (const [rows, width] of [[1, 1], [3, 17], [40, 16], [7, 33], [2, 9000], [130, 5], [0, 3]]) {
      const [x, y] = [backends.draw(rows * width, 1), backends.draw(rows * width, 2)];
      for (const isProduct of [false, true]) {
        const compute = (of: (values: Float32Array) => Float32Array) => (on: Backend) => {
          const [a, b] = [x, y].map((values) => on.floats(of(values), [rows, width]));
          return isProduct ? on.run(sumRows, a, b) : on.run(sumRows, a);
        };
        await backends.compare(
          `${rows} of ${width}, ${isProduct}`,
          (on) => [compute((values) => values)(on)],
          ofMagnitudes(rows, compute(magnitudes)),
        );
      }
    }
  });
};

/** Sums of squares of plain and of packed values. */
export const sumSquaresCases: Steps = async (backends, step) => {
  await step("of each number of values", async () => {
    for (const count of [1, 3, 5, 1027, 65536, 65537, 200_001]) {
      const x = backends.draw(count, 1);
      await backends.compare(
        `${count} values`,
        (on) => [on.run(sumSquares, on.floats(x, [count]))],
        // A workgroup adds 256 numbers of 256 squares.
        within((y) => 520 * UNIT * y),
      );
    }
  });
  await step("of a matrix", async () => {
    for (const [rows, width] of [[1, 1], [9, 5], [16, 7]]) {
      const x = backends.draw(rows * width, 1);
      await backends.compare(
        `${rows} of ${width}`,
        (on) => [on.run(sumSquares, on.weight(x, [rows, width]))],
        within((y) => 520 * UNIT * y),
      );
    }
  });
};

/** Rows that are added once, often and never, to a new matrix and to a plain or packed one. */
export const addToRowsCases: Steps = async (backends, step) => {
  await step("of each width", async () => {
    for (const width of WIDTHS) {
      for (const [from, rows, scale] of [[1, 1, 1], [7, 3, 2], [40, 5, 0.3], [30, 300, -1]]) {
        const y = backends.draw(from * width);
        const targets = drawRows(from, 0, rows);
        const order = Int32Array.from(targets.keys()).sort((a, b) =>
          targets[a] - targets[b] || a - b
        );
        const starts = Int32Array.from(
          { length: rows + 1 },
          (_, row) => targets.filter((target) => target < row).length,
        );
        const compute =
          (of: (values: Float32Array) => Float32Array, factor: number) => (on: Backend) =>
            on.run(
              addToRows,
              on.floats(of(y), [from, width]),
              on.integers(order, [from]),
              on.integers(starts, [rows + 1]),
              factor,
            );
        await backends.compare(
          `${from} to ${rows} of ${width}`,
          (on) => [compute((values) => values, scale)(on)],
          ofMagnitudes(from + 1, compute(magnitudes, Math.abs(scale))),
        );
        for (const kind of ["weight", "floats"] as const) {
          const old = backends.draw(rows * width, 2);
          const added =
            (of: (values: Float32Array) => Float32Array, factor: number) => (on: Backend) =>
              on.run(
                addToRows,
                on.floats(of(y), [from, width]),
                on.integers(order, [from]),
                on.integers(starts, [rows + 1]),
                factor,
                // Uploaded for each backend: it is changed in place.
                on.like(on[kind](of(old).slice(), [rows, width]), of(old).slice()),
              );
          await backends.compare(
            `${from} to ${rows} of ${width}, ${kind}`,
            (on) => [added((values) => values, scale)(on)],
            ofMagnitudes(from + 2, added(magnitudes, Math.abs(scale))),
          );
        }
      }
    }
  });
};

/**
 * Rows of standard normals, as in layer_norm_cases.ts: `x̂` is at most 12/0.3 and off by
 * `(width + 12)·u·80`, the gradient `g` at most 36, sums over the row by `width + 2` roundings; that
 * is `1/σ ≤ 1/0.3` times `|g|·(1 + x̂²)`, each part off by that much relative to its largest.
 */
export async function normGradientCases(
  backends: ComparedBackends,
  step: Step,
  last: number,
): Promise<void> {
  for (const name of NORMS) {
    await step(`of ${name} norm, at each width`, async () => {
      for (const width of [8, 9, 31, 64, 67, 255, 257, 768]) {
        const rows = 3;
        const [x, dy] = [1, 3].map((seed) => backends.draw(rows * width, seed));
        const weight = backends.draw(width, 4);
        // The norm's own sizes, of these values: x̂ is at most √width, g at most |dy|·|weight|.
        const sizes = sizesOf(x, dy, weight, width, name === "layer");
        await backends.compare(
          `${rows} of ${width}`,
          (on) => {
            const [t, d] = [x, dy].map((values) => on.floats(values, [rows, width]));
            const w = on.floats(weight, [width]);
            return [on.run(normGradient, d, t, w, 1e-5, name)];
          },
          within((_, i) => (2 * width + 16 + last) * UNIT * 4 * sizes[Math.floor(i / width)]),
        );
      }
    });
  }
}

/** For each row: `ρ·|g|·(2 + |x̂|²)` with the largest `|g|` and `|x̂|`, and what `ρ` and the mean lose. */
function sizesOf(
  x: Float32Array,
  dy: Float32Array,
  weight: Float32Array,
  width: number,
  isCentred: boolean,
): number[] {
  return Array.from({ length: x.length / width }, (_, row) => {
    const at = row * width;
    const values = Array.from(x.subarray(at, at + width));
    const mean = isCentred ? values.reduce((a, b) => a + b) / width : 0;
    const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / width);
    const largest = values.reduce((a, b) => Math.max(a, Math.abs(b - mean) + Math.abs(mean)), 0) /
      deviation;
    const g = Math.max(...weight.map((w, i) => Math.abs(w * dy[at + i])));
    return g * (2 + largest ** 2) / deviation;
  });
}

/** Every function from large to small values. */
export async function activationGradientCases(
  backends: ComparedBackends,
  step: Step,
  bound: SlopeBound,
): Promise<void> {
  const x = backends.numbers.storable(
    Float32Array.from({ length: 2001 }, (_, i) => (i - 1000) / 1000 * 30),
  );
  const dy = backends.draw(x.length);
  for (const name of ACTIVATIONS) {
    await step(name, async () => {
      await backends.compare(name, (on) => {
        const [d, v] = [dy, x].map((values) => on.floats(values, [values.length]));
        return [on.run(activationGradient, d, v, name)];
      }, within((y, i) => bound(name, dy[i], y)));
      await backends.compare("few", (on) => {
        const [d, v] = [dy, x].map((values) => on.floats(values.slice(998, 1003), [5]));
        return [on.run(activationGradient, d, v, name)];
      }, within((y, i) => bound(name, dy[998 + i], y)));
    });
  }
}

/** Weights of regions that are smaller and larger than a head is wide. */
export const sparseListGradientCases: Steps = async (backends, step) => {
  await step("of copies gives the same bits", async () => {
    await backends.compare("stride", (on) => {
      const [batch, heads, width, tokens, first] = [2, 3, 5, 11, 2];
      const options = { heads, first, tokens, rows: 14, region: 4, kept: 2 };
      const dims = [batch, 6, heads * width];
      const list = on.floats(backends.draw(batch * 6 * heads * width), dims);
      // Entry 0 of each region is token 1 and entry 1 is token 2.
      const weights = Float32Array.from({ length: list.size }, (_, i) => {
        const [column, entry] = [i % width, Math.floor(i / (heads * width)) % 2];
        return column === entry + 1 ? 1 : 0;
      });
      return [on.run(sparseListGradient, list, [on.floats(weights, dims)], options)];
    }, assertSame);
  });
  await step("of means", async () => {
    for (
      const [width, region, kept, tokens] of [[4, 8, 4, 30], [3, 8, 2, 9], [8, 4, 1, 4], [
        1,
        2,
        2,
        7,
      ]]
    ) {
      const [batch, heads, first] = [2, 2, 1];
      const entries = Math.ceil(tokens / region) * kept;
      const dims = [batch, entries, heads * width];
      const size = batch * entries * heads * width;
      const list = backends.draw(size, 1);
      const weights = Array.from(
        { length: Math.ceil(region / width) },
        (_, i) => backends.draw(size, 2 + i),
      );
      const options = { heads, first, tokens, rows: tokens + 2, region, kept };
      const compute = (of: (values: Float32Array) => Float32Array) => (on: Backend) =>
        on.run(
          sparseListGradient,
          on.floats(of(list), dims),
          weights.map((values) => on.floats(of(values), dims)),
          options,
        );
      await backends.compare(
        `${tokens} tokens by ${region}`,
        (on) => [compute((values) => values)(on)],
        ofMagnitudes(kept, compute(magnitudes)),
      );
    }
  });
};
