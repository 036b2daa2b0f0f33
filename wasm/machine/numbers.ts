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
  attendHashed: 9,
  attendGradient: 10,
  concatRows: 11,
  embed: 12,
  feedForward: 13,
  gatherRows: 14,
  halve: 15,
  layerNorm: 16,
  linear: 17,
  linearInputs: 18,
  multiply: 19,
  normGradient: 20,
  rmsNorm: 21,
  rotate: 22,
  scatterRows: 23,
  select: 24,
  sparseListGradient: 25,
  sumRows: 26,
  sumSquares: 27,
  topScores: 28,
  weightGradient: 29,
  writeRows: 30,
  clear: 31,
  packWeights: 32,
} as const;
