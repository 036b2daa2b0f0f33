/**
 * The kernels that only writing texts uses.
 *
 * @module
 */
export { attendCached } from "./attend_cached.ts";
export { halve } from "./halve.ts";
export { topScores } from "./top_scores.ts";
export { writeRows } from "./write_rows.ts";
