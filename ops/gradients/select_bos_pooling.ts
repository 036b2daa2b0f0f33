/**
 * Differentiates the sparse list by weighted means of groups.
 *
 * @module
 */
import { attendKeyGradient } from "../attend_key_gradient.ts";
import { attendQueryGradient } from "../attend_query_gradient.ts";
import { attendWithSums } from "../attend_with_sums.ts";
import { gatherRows } from "../gather_rows.ts";
import { headProducts } from "../head_products.ts";
import type { selectBosPooling } from "../select_bos_pooling.ts";
import type { Gradient, GradientRule } from "./gradient_rule.ts";
import { addRowsTo } from "./row_sums.ts";

/** That of attention: each entry is what the first token's query sees of its group. */
export const selectBosPoolingRule: GradientRule<typeof selectBosPooling> = {
  keeps: (_wants, { keys: made, values: mixed }, query, keys, values, mask) => [
    ...[made, mixed, query, keys, values, mask],
  ],
  gradient(context, query, keys, values, mask, shape) {
    const { run, wants, upstream, result, integers } = context;
    const { heads, first, tokens, factor } = shape;
    const [batch, entries] = result.keys.dims;
    const span = { block: 1, stride: factor, start: 0, end: factor, causal: false };
    const repeated = integers(new Int32Array(entries).fill(first), [1, entries]);
    // Each entry is what the first token's query sees of its group.
    const asked = run(gatherRows, query, repeated);
    const source = { keys, first, count: tokens, mask, spans: [span] };
    const gradients: Gradient[] = [];
    for (
      const [dy, mixed, y] of [
        [upstream.keys, keys, result.keys],
        [upstream.values, values, result.values],
      ] as const
    ) {
      if (!dy) continue;
      const parts = [{ first: 0, count: entries, sources: [{ ...source, values: mixed }] }];
      const { logSum } = run(attendWithSums, asked, parts, { heads });
      const statistics = { logSum, inner: run(headProducts, dy, y, heads) };
      if (wants(keys) || wants(mixed)) {
        const made = run(attendKeyGradient, dy, statistics, asked, parts, { heads });
        gradients.push([keys, made.keys], [mixed, made.values]);
      }
      if (wants(query)) {
        const asking = run(attendQueryGradient, dy, statistics, asked, parts, { heads });
        const targets = new Int32Array(batch * entries).map((_, i) =>
          Math.floor(i / entries) * query.dims[1] + first
        );
        const dq = addRowsTo(context, asking, targets, batch * query.dims[1]);
        gradients.push([query, dq.reshape(query.dims)]);
      }
    }
    return gradients;
  },
};
