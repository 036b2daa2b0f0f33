/**
 * Parts of a model's parameters.
 *
 * @module
 */

/** Parameters of a model: all, the global embeddings of LSG, or those of the head. */
export type ParameterPart = "all" | "globals" | "head";
