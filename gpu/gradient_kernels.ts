/**
 * The kernels that only training uses.
 *
 * @module
 */
export { activationGradient } from "./activation_gradient.ts";
export { adamW } from "./adam_w.ts";
export { addToRows } from "./add_to_rows.ts";
export { attendDropped } from "./attend_dropped.ts";
export { attendGradient } from "./attend_gradient.ts";
export { attendKeyGradient } from "./attend_key_gradient.ts";
export { attendQueryGradient } from "./attend_query_gradient.ts";
export { attendWithSums } from "./attend_with_sums.ts";
export { dropout } from "./dropout.ts";
export { headProducts } from "./head_products.ts";
export { linearInputs } from "./linear_inputs.ts";
export { normGradient } from "./norm_gradient.ts";
export { sparseListGradient } from "./sparse_list_gradient.ts";
export { sumRows } from "./sum_rows.ts";
export { sumSquares } from "./sum_squares.ts";
export { weightGradient } from "./weight_gradient.ts";
