/**
 * From the dimensions of a room's operands to its sizes, checked: the same on every floor.
 *
 * Letters as in backend.ts.
 *
 * @module
 */
import type { AttendPart } from "./attention/attend_plan.ts";
import type { AttendOptions, FeatureOptions, SelectShape } from "./backend.ts";

/** Anything with dimensions. */
export interface Shaped {
  /** The length of each dimension. */
  readonly dims: readonly number[];
}

/**
 * Sizes of an embedding.
 *
 * @param lookups Ids `[b, t]` or `[1, t]`, and tables `[rows, w]`.
 * @returns `b`, `t` and `w`.
 * @throws {TypeError} If there is no table or the shapes do not fit each other.
 */
export function embedSizes(
  lookups: readonly { readonly ids: Shaped; readonly table: Shaped }[],
): { batch: number; tokens: number; width: number } {
  if (lookups.length === 0) throw new TypeError("embed: got no tables, wanted one or more");
  const batch = Math.max(...lookups.map(({ ids }) => ids.dims[0]));
  const [, tokens] = lookups[0].ids.dims;
  const [, width] = lookups[0].table.dims;
  for (const { ids, table } of lookups) {
    expect("embed", "ids", ids, [ids.dims[0] === 1 ? 1 : batch, tokens]);
    expect("embed", "table", table, [table.dims[0], width]);
  }
  return { batch, tokens, width };
}

/**
 * Sizes of a linear layer.
 *
 * @param x `[…, inputs]`.
 * @param weight `[outputs, inputs]`.
 * @param bias `[outputs]`, or undefined.
 * @returns Rows of x, both widths, and the dimensions of the result.
 * @throws {TypeError} If the shapes do not fit each other.
 */
export function linearSizes(
  x: Shaped,
  weight: Shaped,
  bias: Shaped | undefined,
): { rows: number; inputs: number; outputs: number; dims: number[] } {
  const [outputs, inputs] = weight.dims;
  expect("linear", "weight", weight, [outputs, x.dims[x.dims.length - 1]]);
  if (bias) expect("linear", "bias", bias, [outputs]);
  const outer = x.dims.slice(0, -1);
  return { rows: product(outer), inputs, outputs, dims: [...outer, outputs] };
}

/**
 * Sizes of two linear layers, one after the other.
 *
 * @param x `[…, inputs]`.
 * @param up Weight `[inner, inputs]` and bias `[inner]`, or undefined.
 * @param down Weight `[outputs, inner]` and bias `[outputs]`, or undefined.
 * @returns Rows of x, all three widths, and the dimensions of the result.
 * @throws {TypeError} If the shapes do not fit each other.
 */
export function feedForwardSizes(
  x: Shaped,
  up: { readonly weight: Shaped; readonly bias?: Shaped },
  down: { readonly weight: Shaped; readonly bias?: Shaped },
): { rows: number; inputs: number; inner: number; outputs: number; dims: number[] } {
  const [inner, inputs] = up.weight.dims;
  const [outputs] = down.weight.dims;
  expect("feedForward", "weight up", up.weight, [inner, x.dims[x.dims.length - 1]]);
  expect("feedForward", "weight down", down.weight, [outputs, inner]);
  if (up.bias) expect("feedForward", "bias up", up.bias, [inner]);
  if (down.bias) expect("feedForward", "bias down", down.bias, [outputs]);
  const outer = x.dims.slice(0, -1);
  return { rows: product(outer), inputs, inner, outputs, dims: [...outer, outputs] };
}

/**
 * Sizes of a layer norm.
 *
 * @param x `[…, w]`.
 * @param weight `[w]`.
 * @param bias `[w]`.
 * @param residual Like x, or undefined.
 * @returns Rows of x and their width.
 * @throws {TypeError} If the shapes do not fit each other.
 */
export function layerNormSizes(
  x: Shaped,
  weight: Shaped,
  bias: Shaped,
  residual: Shaped | undefined,
): { rows: number; width: number } {
  const width = x.dims[x.dims.length - 1];
  expect("layerNorm", "weight", weight, [width]);
  expect("layerNorm", "bias", bias, [width]);
  if (residual) expect("layerNorm", "residual", residual, x.dims);
  return { rows: product(x.dims.slice(0, -1)), width };
}

/**
 * Sizes of an addition.
 *
 * @param x `[b, n, w]`.
 * @param y The same, or `[1, n, w]`.
 * @returns How many values x and y have.
 * @throws {TypeError} If the shapes do not fit each other.
 */
export function addSizes(x: Shaped, y: Shaped): { count: number; repeat: number } {
  const [first, ...rest] = x.dims;
  expect("add", "y", y, [y.dims[0] === 1 ? 1 : first, ...rest]);
  return { count: product(x.dims), repeat: product(y.dims) };
}

/**
 * Sizes of a concatenation.
 *
 * @param x `[b, n, w]` or `[1, n, w]`.
 * @param y `[b, m, w]`.
 * @returns `b`, `n`, `m`, `w`.
 * @throws {TypeError} If the shapes do not fit each other.
 */
export function concatSizes(
  x: Shaped,
  y: Shaped,
): { batch: number; xRows: number; yRows: number; width: number } {
  const [batch, yRows, width] = y.dims;
  const [, xRows] = x.dims;
  expect("concatRows", "x", x, [x.dims[0] === 1 ? 1 : batch, xRows, width]);
  return { batch, xRows, yRows, width };
}

/**
 * Sizes of picking rows, and of putting them.
 *
 * @param x `[b, n, w]`.
 * @param rows `[b, m]`, or `[1, m]` where they are picked.
 * @param y `[b, m, w]` where they are put.
 * @returns `b`, `n`, `m`, `w`.
 * @throws {TypeError} If the shapes do not fit each other.
 */
export function rowsSizes(
  x: Shaped,
  rows: Shaped,
  y?: Shaped,
): { batch: number; rows: number; picked: number; width: number } {
  const [batch, count, width] = x.dims;
  const [, picked] = rows.dims;
  const room = y ? "scatterRows" : "gatherRows";
  expect(room, "rows", rows, [!y && rows.dims[0] === 1 ? 1 : batch, picked]);
  if (y) expect(room, "y", y, [batch, picked, width]);
  return { batch, rows: count, picked, width };
}

/**
 * Sizes of a rotation.
 *
 * @param x `[b, t, h·d]`.
 * @param positions `[t]`.
 * @param heads `h`.
 * @returns `b`, `t` and `d`.
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If rows do not divide into the heads.
 */
export function rotateSizes(
  x: Shaped,
  positions: Shaped,
  heads: number,
): { batch: number; tokens: number; width: number } {
  const [batch, tokens, rowWidth] = x.dims;
  expect("rotate", "positions", positions, [tokens]);
  return { batch, tokens, width: headWidth("rotate", rowWidth, heads) };
}

/**
 * Sizes of a selection.
 *
 * @param keys `[b, n, w]`.
 * @param values Like keys.
 * @param mask `[b, t]`.
 * @param shape What is selected.
 * @param query Like keys, or undefined.
 * @returns `b`, `n`, `d` and `e`.
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If rows do not divide into the heads.
 */
export function selectSizes(
  keys: Shaped,
  values: Shaped,
  mask: Shaped,
  shape: SelectShape,
  query?: Shaped,
): { batch: number; rows: number; width: number; entries: number } {
  const [batch, rows, rowWidth] = keys.dims;
  expect("select", "values", values, keys.dims);
  expect("select", "mask", mask, [batch, shape.tokens]);
  if (query) expect("select", "query", query, keys.dims);
  const entries = Math.ceil(shape.tokens / shape.block) * shape.block / shape.factor;
  return { batch, rows, width: headWidth("select", rowWidth, shape.heads), entries };
}

/**
 * Sizes of an attention.
 *
 * @param query `[b, n, h·d]`.
 * @param parts Which rows see which keys.
 * @param options Heads, scale and query mask.
 * @returns `b`, `n`, `d`, and the options with their defaults.
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If rows do not divide into the heads, or there are no such rows.
 */
export function attendSizes(
  query: Shaped,
  parts: readonly AttendPart<Shaped, Shaped>[],
  options: AttendOptions<Shaped>,
): { batch: number; rows: number; width: number; keyHeads: number; scale: number } {
  const [batch, rows, rowWidth] = query.dims;
  const { heads, keyHeads = heads } = options;
  const width = headWidth("attend", rowWidth, heads);
  if (options.queryMask) expect("attend", "queryMask", options.queryMask, [batch, rows]);
  for (const { first, count, sources } of parts) {
    expectRows("query", first, count, rows);
    for (const source of sources) {
      const [, sourceRows] = source.keys.dims;
      expect("attend", "keys", source.keys, [batch, sourceRows, keyHeads * width]);
      expect("attend", "values", source.values, source.keys.dims);
      expectRows("key", source.first, source.count, sourceRows);
      if (source.query) expect("attend", "query of a source", source.query, query.dims);
      if (source.mask) {
        const perHead = source.mask.dims.length === 3 ? [heads] : [];
        expect("attend", "mask", source.mask, [batch, ...perHead, source.count]);
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
 * @throws {RangeError} If rows do not divide into the heads.
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
  expect("attendFeatures", "key", key, query.dims);
  expect("attendFeatures", "value", value, query.dims);
  expect("attendFeatures", "mask", mask, [batch, tokens]);
  if (map !== "random") return { batch, tokens, width, features: width };
  if (!projection) throw new TypeError('attendFeatures: got no projection for "random"');
  const [features] = projection.dims;
  expect("attendFeatures", "projection", projection, [features, width]);
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
  expect("attendHashed", "value", value, query.dims);
  expect("attendHashed", "mask", mask, [batch, tokens]);
  expect("attendHashed", "projection", projection, [heads, width, columns]);
  if (!Number.isInteger(chunk) || chunk < 1) {
    throw new RangeError(`attendHashed: chunks of ${chunk} tokens, wanted a whole number ≥ 1`);
  }
  return { batch, tokens, heads, width, columns };
}

function expect(room: string, name: string, given: Shaped, wanted: readonly number[]): void {
  if (String(given.dims) === String(wanted)) return;
  throw new TypeError(`${room}: ${name} has the shape [${given.dims}], wanted [${wanted}]`);
}

function expectRows(kind: string, first: number, count: number, rows: number): void {
  if (first >= 0 && count >= 0 && first + count <= rows) return;
  throw new RangeError(`attend: ${kind} rows ${first} … ${first + count - 1}, there are ${rows}`);
}

function headWidth(room: string, rowWidth: number, heads: number): number {
  if (rowWidth % heads === 0) return rowWidth / heads;
  throw new RangeError(`${room}: rows of width ${rowWidth} do not divide into ${heads} heads`);
}

function product(dims: readonly number[]): number {
  return dims.reduce((product, n) => product * n, 1);
}
