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
  rmsNorm: 22,
  rotate: 23,
  scatterRows: 24,
  select: 25,
  sparseListGradient: 26,
  sumRows: 27,
  sumSquares: 28,
  topScores: 29,
  weightGradient: 30,
  writeRows: 31,
  clear: 32,
  packWeights: 33,
} as const;
