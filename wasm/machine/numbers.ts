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
  layerNorm: 17,
  linear: 18,
  linearInputs: 19,
  multiply: 20,
  normGradient: 21,
  quantizeHeads: 22,
  rmsNorm: 23,
  rotate: 24,
  scatterRows: 25,
  select: 26,
  sparseListGradient: 27,
  sumRows: 28,
  sumSquares: 29,
  topScores: 30,
  weightGradient: 31,
  writeRows: 32,
  clear: 33,
  packWeights: 34,
} as const;
