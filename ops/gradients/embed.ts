/**
 * Differentiates embeddings.
 *
 * @module
 */
import { hostValues } from "../checks.ts";
import type { embed } from "../embed.ts";
import type { GradientRule } from "./gradient_rule.ts";
import { addRowsTo } from "./row_sums.ts";

/** Each row of a table gets the sum of `dy` over the places that have its id. */
export const embedRule: GradientRule<typeof embed> = {
  gradient(context, lookups) {
    const { wants, upstream, sumOf } = context;
    const places = upstream.dims[0] * upstream.dims[1];
    return lookups.filter(({ table }) => wants(table)).map(({ ids, table, scale, padding }) => {
      const from = hostValues("embed", ids);
      const targets = Int32Array.from({ length: places }, (_, place) => {
        const id = from[place % from.length];
        return id === padding ? -1 : id;
      });
      const sum = sumOf(table);
      return [table, addRowsTo(context, upstream, targets, table.dims[0], scale, sum)] as const;
    });
  },
};
