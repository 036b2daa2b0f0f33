/**
 * Dropout where models have it, in a training pass.
 *
 * @module
 */
import type { DropoutSites, Family, HeadLayer, ModelConfig } from "../families/families.ts";
import type { Backend, Floats } from "../ops/backend.ts";
import { type Dropout, nextDropout } from "../ops/dropout.ts";

/** What tells whether, where and how much is dropped. */
export interface DroppingParts {
  /** Backend that runs the operations. */
  readonly backend: Backend;
  /** The checkpoint's config. */
  readonly config: ModelConfig;
  /** The architecture. */
  readonly family: Family;
}

/**
 * The share that a site drops in training.
 *
 * @param parts Config and family.
 * @param site The site.
 * @returns The config's rate; 0 if the family has no such site.
 */
export function dropoutRate(
  { config, family }: Pick<DroppingParts, "config" | "family">,
  site: keyof DropoutSites,
): number {
  const key = family.dropout[site];
  return key === undefined ? 0 : config.dropout[key] ?? 0;
}

/**
 * Drops values, if the backend is a tape that does so.
 *
 * @param parts Backend, config, family.
 * @param site The site.
 * @param x `[…]`.
 * @returns As many values; x itself where nothing is dropped.
 */
export function dropOut(parts: DroppingParts, site: keyof DropoutSites, x: Floats): Floats {
  return dropped(parts.backend, nextDropout(parts.backend, dropoutRate(parts, site)), x);
}

/**
 * Draws whether the next layer of a pass is dropped, if the backend is a tape that drops values.
 *
 * @param parts Backend, config, family.
 * @returns Whether the layer's input passes unchanged.
 */
export function isDropped(parts: DroppingParts): boolean {
  return parts.backend.dropsLayer?.(dropoutRate(parts, "layer")) ?? false;
}

/**
 * Copies a tensor, so that the output of a dropped layer has an owner of its own.
 *
 * @param backend Backend that runs the operations.
 * @param x `[…]`.
 * @returns The same values; their gradient is x's.
 */
export function copy(backend: Backend, x: Floats): Floats {
  return backend.dropout(x, 0, 0);
}

/**
 * Drops values before a layer of a head.
 *
 * @param parts Backend and config.
 * @param layer The layer.
 * @param x Its input.
 * @returns As many values.
 */
export function dropBefore(
  { backend, config }: DroppingParts,
  { dropout = [] }: Pick<HeadLayer, "dropout">,
  x: Floats,
): Floats {
  const rate = dropout.map((key) => config.dropout[key]).find((rate) => rate !== null);
  return dropped(backend, nextDropout(backend, rate ?? 0), x);
}

/**
 * Drops values.
 *
 * @param backend Backend that runs the operations.
 * @param drawn Rate and key; absent: nothing is dropped.
 * @param x `[…]`.
 * @returns As many values; x itself where nothing is dropped.
 */
export function dropped(backend: Backend, drawn: Dropout | undefined, x: Floats): Floats {
  return drawn ? backend.dropout(x, drawn.rate, drawn.key) : x;
}
