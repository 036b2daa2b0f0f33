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
  attendFeatures: 4,
  attendHashed: 5,
  concatRows: 6,
  embed: 7,
  feedForward: 8,
  gatherRows: 9,
  layerNorm: 10,
  linear: 11,
  multiply: 12,
  rmsNorm: 13,
  rotate: 14,
  scatterRows: 15,
  select: 16,
  writeRows: 17,
  packWeights: 18,
} as const;
