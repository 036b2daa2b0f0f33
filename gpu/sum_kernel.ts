/**
 * Sums over a workgroup, in kernels.
 *
 * @module
 */
import { WORKGROUP } from "./machine/commands.ts";

/** WGSL: `largestOfAll(own, local)`, beside {@linkcode SUM_OF_ALL}. */
export const LARGEST_OF_ALL = /* wgsl */ `
/** The largest of the values of all invocations. */
fn largestOfAll(own: f32, local: u32) -> f32 {
  workgroupBarrier();
  sums[local] = own;
  for (var half = ${WORKGROUP}u / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (local < half) {
      sums[local] = max(sums[local], sums[local + half]);
    }
  }
  workgroupBarrier();
  return sums[0];
}
`;

/** WGSL: `sumOfAll(own, local)`, which all invocations of a workgroup call. */
export const SUM_OF_ALL = /* wgsl */ `
var<workgroup> sums: array<f32, ${WORKGROUP}>;

/** The sum of the values of all invocations. */
fn sumOfAll(own: f32, local: u32) -> f32 {
  workgroupBarrier();
  sums[local] = own;
  for (var half = ${WORKGROUP}u / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (local < half) {
      sums[local] += sums[local + half];
    }
  }
  workgroupBarrier();
  return sums[0];
}
`;
