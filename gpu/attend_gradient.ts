/**
 * The gradient of attention by everything.
 *
 * @module
 */
import { attendKeyGradient } from "./attend_key_gradient.ts";
import { attendQueryGradient } from "./attend_query_gradient.ts";
import type { GpuKernel } from "./kernel.ts";

/** The sweep over queries, and one over keys for each pair; see cpu/attend_gradient.ts. */
export const attendGradient: GpuKernel<"attendGradient"> = (
  { parts, ...operands },
  result,
  { pairs, keyRows, ...shape },
  context,
) => [
  ...attendQueryGradient({ ...operands, parts }, result.query, shape, context),
  ...keyRows.flatMap((rows, pair) => {
    const seen = parts.map((part, p) => ({
      ...part,
      sources: part.sources.filter((_, s) => pairs[p]?.[s] === pair),
    }));
    const made = { keys: result[`keys${pair}`], values: result[`values${pair}`] };
    const sizes = { ...shape, keyRows: rows };
    return attendKeyGradient({ ...operands, parts: seen }, made, sizes, context);
  }),
];
