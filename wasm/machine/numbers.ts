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
  halve: 11,
  layerNorm: 12,
  linear: 13,
  multiply: 14,
  rmsNorm: 15,
  rotate: 16,
  scatterRows: 17,
  select: 18,
  topScores: 19,
  writeRows: 20,
  packWeights: 21,
} as const;
