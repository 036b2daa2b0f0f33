/**
 * The numbers of the kernels.
 *
 * Made by `deno task build:wasm` from the definitions in wasm/; do not edit.
 *
 * @module
 */

/** The number of each kernel in wasm/assembly/dispatch.ts. */
export const NUMBERS = {
  activation: 1,
  activationGradient: 2,
  adamW: 3,
  add: 4,
  addToRows: 5,
  attend: 6,
  attendCached: 7,
  attendFeatures: 8,
  attendGradient: 9,
  attendHashed: 10,
  concatRows: 11,
  dropout: 12,
  embed: 13,
  feedForward: 14,
  gatherRows: 15,
  halve: 16,
  headProducts: 17,
  layerNorm: 18,
  linear: 19,
  linearInputs: 20,
  multiply: 21,
  normGradient: 22,
  quantizeHeads: 23,
  rmsNorm: 24,
  rotate: 25,
  scatterRows: 26,
  select: 27,
  sparseListGradient: 28,
  sumRows: 29,
  sumSquares: 30,
  topScores: 31,
  weightGradient: 32,
  writeRows: 33,
  clear: 34,
  packWeights: 35,
} as const;
