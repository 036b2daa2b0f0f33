/**
 * From the dimensions of a room's operands to its sizes, checked: the same on every floor.
 *
 * Letters as in backend.ts.
 *
 * @module
 */
import type { SelectShape } from "./backend.ts";

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
    expectDims("embed", "ids", ids, [ids.dims[0] === 1 ? 1 : batch, tokens]);
    expectDims("embed", "table", table, [table.dims[0], width]);
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
  expectDims("linear", "weight", weight, [outputs, x.dims[x.dims.length - 1]]);
  if (bias) expectDims("linear", "bias", bias, [outputs]);
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
  expectDims("feedForward", "weight up", up.weight, [inner, x.dims[x.dims.length - 1]]);
  expectDims("feedForward", "weight down", down.weight, [outputs, inner]);
  if (up.bias) expectDims("feedForward", "bias up", up.bias, [inner]);
  if (down.bias) expectDims("feedForward", "bias down", down.bias, [outputs]);
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
  expectDims("layerNorm", "weight", weight, [width]);
  expectDims("layerNorm", "bias", bias, [width]);
  if (residual) expectDims("layerNorm", "residual", residual, x.dims);
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
  expectDims("add", "y", y, [y.dims[0] === 1 ? 1 : first, ...rest]);
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
  expectDims("concatRows", "x", x, [x.dims[0] === 1 ? 1 : batch, xRows, width]);
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
  expectDims(room, "rows", rows, [!y && rows.dims[0] === 1 ? 1 : batch, picked]);
  if (y) expectDims(room, "y", y, [batch, picked, width]);
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
  expectDims("rotate", "positions", positions, [tokens]);
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
  expectDims("select", "values", values, keys.dims);
  expectDims("select", "mask", mask, [batch, shape.tokens]);
  if (query) expectDims("select", "query", query, keys.dims);
  const entries = Math.ceil(shape.tokens / shape.block) * shape.block / shape.factor;
  return { batch, rows, width: headWidth("select", rowWidth, shape.heads), entries };
}

/**
 * That there is a projection of the right shape for each round of hashing.
 *
 * @param keys `[b, n, w]`.
 * @param projections `[h, d, ⌊buckets/2⌋]` each: `chunk` buckets, in the last round `chunk / factor`.
 * @param shape What is selected.
 * @throws {TypeError} If one has another shape.
 * @throws {RangeError} If there is none.
 */
export function checkProjections(
  keys: Shaped,
  projections: readonly Shaped[],
  { heads, chunk, factor }: SelectShape,
): void {
  if (projections.length === 0) {
    throw new RangeError("selectLsh: got no projections, wanted one for each round");
  }
  const width = headWidth("selectLsh", keys.dims[2], heads);
  projections.forEach((projection, round) => {
    const buckets = round === projections.length - 1 ? chunk / factor : chunk;
    const wanted = [heads, width, Math.floor(buckets / 2)];
    expectDims("selectLsh", `projection ${round}`, projection, wanted);
  });
}

/**
 * That an operand has the wanted dimensions.
 *
 * @param room Who asks, for the message.
 * @param name The operand's name, for the message.
 * @param given The operand.
 * @param wanted Its dimensions.
 * @throws {TypeError} If it has others.
 */
export function expectDims(
  room: string,
  name: string,
  given: Shaped,
  wanted: readonly number[],
): void {
  if (String(given.dims) === String(wanted)) return;
  throw new TypeError(`${room}: ${name} has the shape [${given.dims}], wanted [${wanted}]`);
}

/**
 * The width of a head.
 *
 * @param room Who asks, for the message.
 * @param rowWidth The width of a row.
 * @param heads Heads of a row.
 * @returns `rowWidth / heads`.
 * @throws {RangeError} If rows do not divide into so many heads.
 */
export function headWidth(room: string, rowWidth: number, heads: number): number {
  if (Number.isInteger(heads) && heads >= 1 && rowWidth % heads === 0) return rowWidth / heads;
  throw new RangeError(`${room}: rows of width ${rowWidth} do not divide into ${heads} heads`);
}

function product(dims: readonly number[]): number {
  return dims.reduce((product, n) => product * n, 1);
}
