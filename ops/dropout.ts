/**
 * Dropout with counter-based randoms.
 *
 * @module
 */
import { isWhole, product } from "./checks.ts";
import { type Floats, floats, type Operand, type Operation, rows } from "./operation.ts";

/** Which values are dropped, and how many. */
export interface Dropout {
  /** The share that is dropped, at least 0 and below 1. */
  readonly rate: number;
  /** Key of the words that decide, a whole number below 2³². */
  readonly key: number;
}

/** How words decide. */
export interface DropoutSettings {
  /** Key of the words. */
  readonly key: number;
  /** A value is kept if its word is not below this: `⌊rate·2³²⌋`. */
  readonly threshold: number;
  /** Factor of what is kept: `1/(1 − rate)`. */
  readonly factor: number;
}

/** Sizes and settings of a dropout. */
export interface DropoutShape extends DropoutSettings {
  /** Number of values of x. */
  readonly count: number;
}

/**
 * Multiplies each value by 0, or by `1/(1 − rate)` (Srivastava et al., 2014): x `[…]` → `[…]`. Value
 * i, row-major, is kept if output i of splitmix32, started at the key, is at least `rate·2³²`.
 * Nothing is kept for the gradient: it draws the same again.
 *
 * @throws {RangeError} If the rate is not from 0 to below 1, or the key is not a 32-bit word.
 *
 * @example The same key drops the same values
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { dropout } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const x = backend.floats(new Float32Array(8).fill(1), [1, 8]);
 * const y = backend.run(dropout, x, 0.5, 7);
 * assertEquals([...await y.getData()], [0, 0, 2, 2, 0, 0, 2, 0]);
 * assertEquals(await backend.run(dropout, x, 0.5, 7).getData(), await y.getData());
 * ```
 */
export const dropout: Operation<
  (x: Floats, rate: number, key: number) => Floats,
  { readonly x: Operand<"rows"> },
  DropoutShape
> = {
  name: "dropout",
  plan(x, rate, key) {
    return {
      operands: { x: rows(x) },
      shape: { count: product(x.dims), ...dropoutSettings("dropout", { rate, key }) },
      result: floats(x.dims),
    };
  },
};

/**
 * Checks a dropout.
 *
 * @param operation The operation, for messages.
 * @param dropout Rate and key.
 * @returns How words decide.
 * @throws {RangeError} If the rate is not from 0 to below 1, or the key is not a 32-bit word.
 *
 * @example
 * ```ts
 * import { dropoutSettings } from "@lsg/core/ops";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const settings = dropoutSettings("dropout", { rate: 0.75, key: 7 });
 * assertEquals(settings, { key: 7, threshold: 0.75 * 2 ** 32, factor: 4 });
 * assertThrows(() => dropoutSettings("dropout", { rate: 1, key: 7 }), RangeError);
 * ```
 */
export function dropoutSettings(operation: string, { rate, key }: Dropout): DropoutSettings {
  if (!(rate >= 0 && rate < 1)) {
    throw new RangeError(`${operation}: dropout of ${rate}, wanted at least 0 and below 1`);
  }
  if (!isWhole(key, 0) || key >= 2 ** 32) {
    throw new RangeError(`${operation}: dropout key ${key}, wanted a whole number below 2³²`);
  }
  return { key, threshold: Math.floor(rate * 2 ** 32), factor: 1 / (1 - rate) };
}

/**
 * The next dropout of a pass, if it drops values.
 *
 * @param backend The backend of the pass.
 * @param rate The share that is dropped; absent: none.
 * @returns Rate and key; undefined where nothing is dropped.
 *
 * @example Only a backend that trains has keys
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { type Backend, nextDropout } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * const backend: Backend = new CpuBackend();
 * assertEquals(nextDropout(backend, 0.1), undefined);
 * assertEquals(nextDropout({ dropoutKey: () => 7 }, 0.1), { rate: 0.1, key: 7 });
 * assertEquals(nextDropout({ dropoutKey: () => 7 }, 0), undefined);
 * ```
 */
export function nextDropout(
  backend: { dropoutKey?(): number | undefined },
  rate: number | undefined,
): Dropout | undefined {
  const key = rate ? backend.dropoutKey?.() : undefined;
  return key === undefined ? undefined : { rate: rate!, key };
}
