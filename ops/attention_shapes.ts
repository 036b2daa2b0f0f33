/**
 * Sizes of the attentions, from the dimensions of their operands, checked: the same on every floor.
 *
 * Letters as in backend.ts.
 *
 * @module
 */
import type { AttendPart } from "./attend_plan.ts";
import type { Span } from "./span.ts";
import type { AttendOptions, FeatureMap, FeatureOptions } from "./backend.ts";
import { expectDims, headWidth, type Shaped } from "./shapes.ts";

/** The maps that there are. */
const MAPS: Readonly<Record<FeatureMap, true>> = { elu: true, softmax: true, random: true };

/**
 * Sizes of an attention.
 *
 * @param query `[b, n, h·d]`.
 * @param parts Which rows see which keys.
 * @param options Heads, scale and query mask.
 * @returns `b`, `n`, `d`, and the options with their defaults.
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If rows do not divide into the heads, there are no such rows, or a span is none.
 */
export function attendSizes(
  query: Shaped,
  parts: readonly AttendPart<Shaped, Shaped>[],
  options: AttendOptions<Shaped>,
): { batch: number; rows: number; width: number; keyHeads: number; scale: number } {
  const [batch, rows, rowWidth] = query.dims;
  const { heads, keyHeads = heads } = options;
  const width = headWidth("attend", rowWidth, heads);
  if (!isWhole(keyHeads, 1)) {
    throw new RangeError(`attend: ${keyHeads} heads of keys, wanted a whole number ≥ 1`);
  }
  if (options.queryMask) expectDims("attend", "queryMask", options.queryMask, [batch, rows]);
  for (const { first, count, place = 0, sources } of parts) {
    expectRows("query", first, count, rows);
    if (!isWhole(place, 0)) {
      throw new RangeError(`attend: place ${place}, wanted a whole number ≥ 0`);
    }
    for (const source of sources) {
      const [, sourceRows] = source.keys.dims;
      expectDims("attend", "keys", source.keys, [batch, sourceRows, keyHeads * width]);
      expectDims("attend", "values", source.values, source.keys.dims);
      expectRows("key", source.first, source.count, sourceRows);
      source.spans.forEach(expectSpan);
      if (source.query) expectDims("attend", "query of a source", source.query, query.dims);
      if (source.mask) {
        const perHead = source.mask.dims.length === 3 ? [heads] : [];
        expectDims("attend", "mask", source.mask, [batch, ...perHead, source.count]);
      }
    }
  }
  return { batch, rows, width, keyHeads, scale: options.scale ?? 1 / Math.sqrt(width) };
}

/**
 * Sizes of an attention by features.
 *
 * @param query `[b, t, h·d]`.
 * @param key Like query.
 * @param value Like query.
 * @param mask `[b, t]`.
 * @param options Heads and map.
 * @returns `b`, `t`, `d` and how many features a row has.
 * @throws {TypeError} If the shapes do not fit each other, or `random` has no projection.
 * @throws {RangeError} If rows do not divide into the heads, or there is no such map.
 */
export function featureSizes(
  query: Shaped,
  key: Shaped,
  value: Shaped,
  mask: Shaped,
  { heads, map, projection }: FeatureOptions<Shaped>,
): { batch: number; tokens: number; width: number; features: number } {
  const [batch, tokens, rowWidth] = query.dims;
  const width = headWidth("attendFeatures", rowWidth, heads);
  expectDims("attendFeatures", "key", key, query.dims);
  expectDims("attendFeatures", "value", value, query.dims);
  expectDims("attendFeatures", "mask", mask, [batch, tokens]);
  if (!Object.hasOwn(MAPS, map)) {
    const names = Object.keys(MAPS).join(", ");
    throw new RangeError(`attendFeatures: got ${JSON.stringify(map)}, wanted one of ${names}`);
  }
  if (map !== "random") return { batch, tokens, width, features: width };
  if (!projection) throw new TypeError('attendFeatures: got no projection for "random"');
  const [features] = projection.dims;
  expectDims("attendFeatures", "projection", projection, [Math.max(1, features), width]);
  return { batch, tokens, width, features };
}

/**
 * Sizes of an attention inside hash buckets.
 *
 * @param query `[b, t, h·d]`.
 * @param value Like query.
 * @param mask `[b, t]`.
 * @param projection `[h, d, columns]`.
 * @param chunk Tokens of a chunk.
 * @returns `b`, `t`, `h`, `d` and the projection's columns.
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If rows do not divide into the heads, or the chunk is no whole number ≥ 1.
 */
export function hashedSizes(
  query: Shaped,
  value: Shaped,
  mask: Shaped,
  projection: Shaped,
  chunk: number,
): { batch: number; tokens: number; heads: number; width: number; columns: number } {
  const [batch, tokens, rowWidth] = query.dims;
  const [heads, , columns] = projection.dims;
  const width = headWidth("attendHashed", rowWidth, heads);
  expectDims("attendHashed", "value", value, query.dims);
  expectDims("attendHashed", "mask", mask, [batch, tokens]);
  expectDims("attendHashed", "projection", projection, [heads, width, Math.max(1, columns)]);
  if (!Number.isInteger(chunk) || chunk < 1) {
    throw new RangeError(`attendHashed: chunks of ${chunk} tokens, wanted a whole number ≥ 1`);
  }
  return { batch, tokens, heads, width, columns };
}

function expectRows(kind: string, first: number, count: number, rows: number): void {
  if (isWhole(first, 0) && isWhole(count, 0) && first + count <= rows) return;
  throw new RangeError(`attend: ${kind} rows ${first} … ${first + count - 1}, there are ${rows}`);
}

/** Kernels divide by the block, and rely on ranges that only move forward. */
function expectSpan(span: Span): void {
  const { block, stride, start, end } = span;
  if (isWhole(block, 1) && isWhole(stride, 0) && isWhole(start) && isWhole(end)) return;
  throw new RangeError(
    `attend: got the span ${JSON.stringify(span)}, wanted whole numbers, block ≥ 1 and stride ≥ 0`,
  );
}

function isWhole(value: number, least = -Infinity): boolean {
  return Number.isInteger(value) && value >= least;
}
