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
  add: 3,
  addToRows: 4,
  attend: 5,
  attendCached: 6,
  attendFeatures: 7,
  attendHashed: 8,
  attendGradient: 9,
  concatRows: 10,
  embed: 11,
  feedForward: 12,
  gatherRows: 13,
  halve: 14,
  layerNorm: 15,
  linear: 16,
  linearInputs: 17,
  multiply: 18,
  normGradient: 19,
  rmsNorm: 20,
  rotate: 21,
  scatterRows: 22,
  select: 23,
  sparseListGradient: 24,
  topScores: 25,
  weightGradient: 26,
  writeRows: 27,
  packWeights: 28,
} as const;
