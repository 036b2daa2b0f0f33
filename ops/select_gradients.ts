/**
 * The gradients of selections by the tokens' keys and values.
 *
 * @module
 */
import type { Floats, Gradient, GradientContext } from "./operation.ts";
import { sparseListGradient } from "./sparse_list_gradient.ts";
import type { SelectShape, SparseList } from "./sparse_list.ts";

/**
 * The gradients of a sparse list whose entries are weighted sums of tokens, where neither the choice
 * nor the weights have a derivative.
 *
 * The list is linear in the values, so the weights are what the selection makes of values that are
 * rows of the identity: `d` tokens of each region at a time.
 *
 * @param context The gradient by the list.
 * @param keys `[b, n, w]`: the tokens' keys.
 * @param values Like keys.
 * @param shape Settings of the selection.
 * @param region Tokens that the entries of a region are made of: the block, or the chunk.
 * @param select The selection of the same keys with other values.
 * @returns The gradients that are wanted.
 */
export function selectGradients(
  { run, wants, upstream, floats }: GradientContext<SparseList>,
  keys: Floats,
  values: Floats,
  { heads, first, tokens, factor }: SelectShape,
  region: number,
  select: (values: Floats) => SparseList,
): Gradient[] {
  const rows = keys.dims[1];
  const probes = identityRows(keys.dims, { heads, first, tokens, region });
  const weights = probes.map((probe) => select(floats(probe, keys.dims)).values);
  const options = { heads, first, tokens, rows, region, kept: region / factor };
  const gradients: Gradient[] = [];
  if (wants(keys) && upstream.keys) {
    gradients.push([keys, run(sparseListGradient, upstream.keys, weights, options)]);
  }
  if (wants(values) && upstream.values) {
    gradients.push([values, run(sparseListGradient, upstream.values, weights, options)]);
  }
  return gradients;
}

/** The last rows that were made, which the layers of a model share, and what they are of. */
let lastRows: { readonly of: string; readonly rows: WeakRef<Float32Array[]> } | undefined;

/** Rows of the identity: token `i·d + c` of a region has a 1 in column `c` of each head of `rows[i]`. */
function identityRows(
  dims: readonly number[],
  { heads, first, tokens, region }: Pick<SelectShape, "heads" | "first" | "tokens"> & {
    readonly region: number;
  },
): readonly Float32Array[] {
  const of = JSON.stringify([dims, heads, first, tokens, region]);
  const known = lastRows?.of === of && lastRows.rows.deref();
  if (known) return known;
  const [batch, count, rowWidth] = dims;
  const width = rowWidth / heads;
  const all = Array.from({ length: Math.ceil(region / width) }, (_, i) => {
    const rows = new Float32Array(batch * count * rowWidth);
    for (let row = 0; row < batch * count; row++) {
      const token = row % count - first;
      const column = token % region - i * width;
      if (token < 0 || token >= tokens || column < 0 || column >= width) continue;
      for (let h = 0; h < heads; h++) rows[row * rowWidth + h * width + column] = 1;
    }
    return rows;
  });
  lastRows = { of, rows: new WeakRef(all) };
  return all;
}
