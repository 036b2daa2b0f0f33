/**
 * Dropout with counter-based randoms.
 *
 * @module
 */
import type { DropoutSettings, DropoutShape } from "../ops/dropout.ts";
import { subkey, wordAt } from "../tensor/counter_words.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * `x_i·z_i`, where `z_i` is 0 if word i is below the threshold, else `1/(1 − rate)`.
 *
 * @param operands x.
 * @param shape Key, threshold and factor.
 * @returns As many values.
 *
 * @example
 * ```ts
 * import { dropout } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const shape = { count: 8, key: 7, threshold: 2 ** 31, factor: 2 };
 * assertEquals([...dropout({ x: new Float32Array(8).fill(1) }, shape)], [0, 0, 2, 2, 0, 0, 2, 0]);
 * ```
 */
export function dropout({ x }: CpuOperands<"dropout">, shape: DropoutShape): Float32Array {
  return x.map((value, i) => wordAt(shape.key, i) < shape.threshold ? 0 : value * shape.factor);
}

/** What multiplies the weight of an entry, by its number among the entries of its part. */
export type KeptEntries = (entry: number) => number;

/**
 * The factors of a head of a query: 0, or `1/(1 − rate)`.
 *
 * Each head of each query has a key of its own, by its number `(b·heads + h)·rows + row`.
 *
 * @param dropout Key, threshold and factor; absent: all factors are 1.
 * @param number The head's number.
 * @returns The factor of each entry.
 *
 * @example Weights stay the same on average
 * ```ts
 * import { keptEntries } from "@lsg/core/cpu";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const rate = 0.25;
 * const dropout = { key: 7, threshold: rate * 2 ** 32, factor: 1 / (1 - rate) };
 * const factorOf = keptEntries(dropout, 3);
 * const factors = Array.from({ length: 10_000 }, (_, entry) => factorOf(entry));
 * assertEquals(new Set(factors), new Set([0, 4 / 3]));
 * const mean = factors.reduce((sum, factor) => sum + factor) / factors.length;
 * assert(Math.abs(mean - 1) < 0.03); // five standard deviations, √(1/3) / 100 each
 * ```
 */
export function keptEntries(dropout: DropoutSettings | undefined, number: number): KeptEntries {
  if (!dropout) return () => 1;
  const { threshold, factor } = dropout;
  const key = subkey(dropout.key, number);
  return (entry) => wordAt(key, entry) < threshold ? 0 : factor;
}
