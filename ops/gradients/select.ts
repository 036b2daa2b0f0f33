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
import { gatherRows } from "../gather_rows.ts";
import type { Floats } from "../operation.ts";
import { sparseListGradient } from "../sparse_list_gradient.ts";
import type { SelectShape, SparseList } from "../sparse_list.ts";
import type { Gradient, GradientContext, GradientRule, WantedRows } from "./gradient_rule.ts";

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
  rows: (wantedRows, keys, values, _mask, _projections, shape) =>
    rowsOfList(wantedRows, keys, values, shape),
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
    rows: (wantedRows, keys, values, _mask, shape) => rowsOfList(wantedRows, keys, values, shape),
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

/** Entries are made of tokens: none is wanted where only rows before them are. */
function rowsOfList(
  wantedRows: WantedRows,
  keys: Floats,
  values: Floats,
  { first }: Pick<SelectShape, "first">,
): number {
  return Math.max(wantedRows(keys), wantedRows(values)) > first ? Infinity : 0;
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
  context: GradientContext<SparseList>,
  keys: Floats,
  values: Floats,
  { heads, first, tokens, factor }: SelectShape,
  region: number,
  select: (values: Floats) => SparseList,
): Gradient[] {
  const { run, wants, upstream } = context;
  const rows = keys.dims[1];
  const probes = identityRows(context, keys.dims, { heads, first, tokens, region });
  const weights = probes.map((probe) => select(probe).values);
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

/** Rows of the identity: token `i·d + c` of a region has a 1 in column `c` of each head of tensor `i`. */
function identityRows(
  { run, floats, integers }: Pick<GradientContext, "run" | "floats" | "integers">,
  [batch, count, rowWidth]: readonly number[],
  { heads, first, tokens, region }: Pick<SelectShape, "heads" | "first" | "tokens"> & {
    readonly region: number;
  },
): Floats[] {
  const width = rowWidth / heads;
  const identity = new Float32Array(width * rowWidth);
  for (let column = 0; column < width; column++) {
    for (let h = 0; h < heads; h++) identity[column * rowWidth + h * width + column] = 1;
  }
  const rows = floats(identity, [1, width, rowWidth]);
  return Array.from({ length: Math.ceil(region / width) }, (_, i) => {
    const columns = Int32Array.from({ length: batch * count }, (_, row) => {
      const token = row % count - first;
      const column = token % region - i * width;
      return token < 0 || token >= tokens || column < 0 || column >= width ? -1 : column;
    });
    const made = run(gatherRows, rows, integers(columns, [1, columns.length]));
    return made.reshape([batch, count, rowWidth]);
  });
}
