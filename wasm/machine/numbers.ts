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
  add: 2,
  attend: 3,
  attendCached: 4,
  attendFeatures: 5,
  attendHashed: 6,
  concatRows: 7,
  embed: 8,
  feedForward: 9,
  gatherRows: 10,
  layerNorm: 11,
  linear: 12,
  multiply: 13,
  rmsNorm: 14,
  rotate: 15,
  scatterRows: 16,
  select: 17,
  topScores: 18,
  writeRows: 19,
  packWeights: 20,
} as const;
