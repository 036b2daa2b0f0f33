/**
 * The gradient of attention by everything.
 *
 * @module
 */
import type { AttendShape } from "./attend_operands.ts";
import type { AttendPart } from "./attend_plan.ts";
import {
  type AttendGradientOperands,
  type AttendSizes,
  type AttendStatistics,
  planAttendGradient,
} from "./attend_query_gradient.ts";
import { type Floats, floats, type Integers, type Operation, type Outline } from "./operation.ts";

/** Sizes and settings of the gradient by everything. */
export interface AttendGradientShape extends AttendShape {
  /** For each part the pair of keys and values of each source. */
  readonly pairs: readonly (readonly number[])[];
  /** Rows of the keys of each pair, in each sequence. */
  readonly keyRows: readonly number[];
}

/**
 * The gradients by the queries, `query` `[b, n, w]`, and by each pair of keys and values, `keys0`,
 * `values0`, `keys1` …, each of the shape of its tensor, in the order in which the parts name them
 * first: what `attendQueryGradient` and `attendKeyGradient` give, in one sweep where a backend has
 * one. Sources have no queries of their own.
 *
 * @throws {TypeError} If the shapes do not fit each other, or a source has a query of its own.
 * @throws {RangeError} As {@linkcode attend} does.
 *
 * @example From the gradient by an attention's output to all others
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { attendGradient, attendWithSums, everything, headProducts } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const [query, keys, values, dy] = [[1], [0, Math.log(3)], [0, 8], [1]].map((row) =>
 *   backend.floats(new Float32Array(row), [1, row.length, 1])
 * );
 * const source = { keys, values, first: 0, count: 2, spans: [everything(2)] };
 * const parts = [{ first: 0, count: 1, sources: [source] }];
 * const { output, logSum } = backend.run(attendWithSums, query, parts, { heads: 1 });
 * const inner = backend.run(headProducts, dy, output, 1); // 6: the weights are 1/4 and 3/4
 * const made = backend.run(attendGradient, dy, { logSum, inner }, query, parts, { heads: 1 });
 * const [byKeys, byValues] = [await made.keys0.getData(), await made.values0.getData()];
 * assertEquals([...byKeys].map((value) => value.toFixed(3)), ["-1.500", "1.500"]); // p·(v − 6)
 * assertEquals([...byValues].map((value) => value.toFixed(3)), ["0.250", "0.750"]); // p
 * assertEquals((await made.query.getData())[0].toFixed(3), (1.5 * Math.log(3)).toFixed(3));
 * ```
 */
export const attendGradient: Operation<
  (
    dy: Floats,
    statistics: AttendStatistics,
    query: Floats,
    parts: readonly AttendPart<Floats, Integers>[],
    options: AttendSizes,
  ) => { readonly [name: string]: Floats },
  AttendGradientOperands,
  AttendGradientShape
> = {
  name: "attendGradient",
  plan(dy, statistics, query, parts, options) {
    const plan = planAttendGradient("attendGradient", dy, statistics, query, parts, options);
    const sources = parts.map((part) => part.sources);
    if (sources.flat().some((source) => source.query)) {
      throw new TypeError("attendGradient: a source has a query of its own, wanted none");
    }
    const pairs = pairsOf(sources.flat());
    const result: Record<string, Outline<"float32">> = { query: floats(query.dims) };
    pairs.forEach(({ keys, values }, pair) => {
      result[`keys${pair}`] = floats(keys.dims);
      result[`values${pair}`] = floats(values.dims);
    });
    const numberOf = (source: Pair) => pairs.findIndex((pair) => isSamePair(pair, source));
    return {
      operands: plan.operands,
      shape: {
        ...plan.shape,
        pairs: sources.map((some) => some.map(numberOf)),
        keyRows: pairs.map(({ keys }) => keys.dims[1]),
      },
      result,
    };
  },
};

/** Keys and their values. */
interface Pair {
  readonly keys: Floats;
  readonly values: Floats;
}

/**
 * The distinct pairs of keys and values.
 *
 * @param sources Sources of keys.
 * @returns The first source of each.
 */
export function pairsOf<Source extends Pair>(sources: readonly Source[]): Source[] {
  return sources.filter((source, i) =>
    sources.findIndex((other) => isSamePair(other, source)) === i
  );
}

/**
 * Tells whether two sources have the same keys and values.
 *
 * @param a One.
 * @param b The other.
 * @returns Whether they have.
 */
export function isSamePair(a: Pair, b: Pair): boolean {
  return isSame(a.keys, b.keys) && isSame(a.values, b.values);
}

/**
 * Tells whether two tensors are the same memory in the same shape.
 *
 * @param a One.
 * @param b The other.
 * @returns Whether they are.
 */
export function isSame(a: Floats, b: Floats): boolean {
  return a.storage === b.storage && String(a.dims) === String(b.dims);
}
