/**
 * The gradients of selections by the tokens' keys and values.
 *
 * @module
 */
import type { SelectOperation } from "../select.ts";
import { selectBlockStride } from "../select_block_stride.ts";
import { selectLsh } from "../select_lsh.ts";
import { selectNorm } from "../select_norm.ts";
import { selectPooling } from "../select_pooling.ts";
import { selectStride } from "../select_stride.ts";
import type { Floats } from "../operation.ts";
import { sparseListGradient } from "../sparse_list_gradient.ts";
import type { SelectShape, SparseList } from "../sparse_list.ts";
import type { Gradient, GradientContext, GradientRule } from "./gradient_rule.ts";

/** Of the tokens of each chunk; the choice depends on the keys. */
export const selectNormRule: GradientRule<typeof selectNorm> = ruleOf(selectNorm, {
  chooses: true,
});

/** Of the tokens of each block. */
export const selectBlockStrideRule: GradientRule<typeof selectBlockStride> = ruleOf(
  selectBlockStride,
  { region: "block" },
);

/** Of the tokens of each chunk. */
export const selectPoolingRule: GradientRule<typeof selectPooling> = ruleOf(selectPooling);

/** Of the tokens of each chunk. */
export const selectStrideRule: GradientRule<typeof selectStride> = ruleOf(selectStride);

/** Of the tokens of each chunk; the choice depends on the keys. */
export const selectLshRule: GradientRule<typeof selectLsh> = {
  keeps: (_wants, _list, keys, _values, mask, projections) => [keys, mask, ...projections],
  gradient: (context, keys, values, mask, projections, shape) =>
    selectGradients(
      context,
      keys,
      values,
      shape,
      shape.chunk,
      (probe) => context.run(selectLsh, keys, probe, mask, projections, shape),
    ),
};

/** The rule of a selection that needs nothing but keys, values and a mask. */
function ruleOf(
  operation: SelectOperation,
  { chooses = false, region = "chunk" }: {
    /** Whether the choice depends on the keys, so that gradients need them. */
    readonly chooses?: boolean;
    /** What the entries of a region are made of. */
    readonly region?: "block" | "chunk";
  } = {},
): GradientRule<SelectOperation> {
  return {
    keeps: (_wants, _list, keys, _values, mask) => [mask, ...(chooses ? [keys] : [])],
    gradient: (context, keys, values, mask, shape) =>
      selectGradients(
        context,
        keys,
        values,
        shape,
        shape[region],
        (probe) => context.run(operation, chooses ? keys : probe, probe, mask, shape),
      ),
  };
}

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
function selectGradients(
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
