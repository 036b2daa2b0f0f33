/**
 * The other operations by name, which {@linkcode Backend.run} runs: those that only gradients, training,
 * writing or single attentions call. A page that does without them does not load them.
 *
 * @module
 */
export { activationGradient } from "./activation_gradient.ts";
export { adamW } from "./adam_w.ts";
export { addToRows } from "./add_to_rows.ts";
export { attendCached } from "./attend_cached.ts";
export { attendFeatures } from "./attend_features.ts";
export { attendGradient } from "./attend_gradient.ts";
export { attendHashed } from "./attend_hashed.ts";
export { attendKeyGradient } from "./attend_key_gradient.ts";
export { attendQueryGradient } from "./attend_query_gradient.ts";
export { attendWithSums } from "./attend_with_sums.ts";
export { halve } from "./halve.ts";
export { headProducts } from "./head_products.ts";
export { linearInputs } from "./linear_inputs.ts";
export { normGradient } from "./norm_gradient.ts";
export { quantizeHeads } from "./quantize_heads.ts";
export { sparseListGradient } from "./sparse_list_gradient.ts";
export { sumRows } from "./sum_rows.ts";
export { sumSquares } from "./sum_squares.ts";
export { topScores } from "./top_scores.ts";
export { weightGradient } from "./weight_gradient.ts";
export { writeRows } from "./write_rows.ts";
