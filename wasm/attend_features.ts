/**
 * Attention by features: linear in the tokens.
 *
 * @module
 */
import type { FeatureMap } from "../ops/backend.ts";
import type { FeatureShape } from "../cpu/attend_features.ts";
import type { Command } from "./machine/commands.ts";

/** Numbers of the maps, as wasm/assembly/attend_features.ts has them. */
const NUMBERS: Readonly<Record<FeatureMap, number>> = { elu: 1, softmax: 2, random: 3 };

/** Where the operands are. */
export interface FeatureAddresses {
  /** `[batch, tokens, heads·width]`. */
  readonly query: number;
  /** `[batch, tokens, heads·width]`. */
  readonly key: number;
  /** `[batch, tokens, heads·width]`. */
  readonly value: number;
  /** `[batch, tokens]`. */
  readonly mask: number;
  /** `[features, width]` for `random`, else 0. */
  readonly projection: number;
  /** `[batch, tokens, heads·width]`. */
  readonly y: number;
  /** Memory of the threads' own. */
  readonly scratch: number;
}

/**
 * `φ(q)·Σφ(k)vᵀ / φ(q)·Σφ(k)`; see cpu/attend_features.ts.
 *
 * @param addresses The operands.
 * @param shape Sizes and map.
 * @returns The operation.
 */
export function attendFeatures(addresses: FeatureAddresses, shape: FeatureShape): Command {
  const { query, key, value, mask, projection, y, scratch } = addresses;
  const { batch, tokens, heads, width, map, features } = shape;
  const operands = [query, key, value, mask, projection, y, scratch, featureScratch(shape)];
  const words = [NUMBERS[map], ...operands, batch, tokens, heads, width, features];
  return { operation: "attendFeatures", words };
}

/**
 * Memory that each thread needs for a head: a row's features, their maxima and sums, each up to
 * whole vectors, and the weighted values.
 *
 * @param shape Sizes.
 * @returns How many bytes.
 */
export function featureScratch(
  { features, width }: Pick<FeatureShape, "features" | "width">,
): number {
  return 4 * (3 * 4 * Math.ceil(features / 4) + features * width);
}
