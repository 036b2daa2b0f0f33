/**
 * Kernels of one workgroup per row, whose invocations share sums: normalisation and its gradient.
 *
 * @module
 */
import { HALVE } from "./halve_kernel.ts";
import type { Kernel } from "./machine/commands.ts";
import { sumsOf } from "./sum_kernel.ts";

/** Invocations of a row. */
export const THREADS = 64;

/** What such a kernel has of its own, in WGSL. */
export interface RowParts {
  /** A float32 of the shape, after the numbers of rows and of values in a row. */
  readonly field: string;
  /** Its bindings from 1 on, and constants. */
  readonly operands: string;
  /** Its functions. They may call `halve()`. */
  readonly functions: string;
  /**
   * What an invocation does: the values from `first + local` on, each `THREADS`-th of
   * `shape.width`. All invocations call `sumOfAll()` and `largestOfAll()`.
   */
  readonly statements: string;
}

/**
 * Makes a kernel.
 *
 * @param name Its name.
 * @param parts What it has of its own.
 * @returns The kernel, also for devices with subgroups.
 */
export function rowKernel(
  name: string,
  { field, operands, functions, statements }: RowParts,
): Kernel {
  const codeFor = (hasSubgroups: boolean) => {
    const sums = sumsOf(THREADS, hasSubgroups);
    return /* wgsl */ `
struct Shape {
  rows: u32,
  width: u32,
  ${field}: f32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
${operands}
${HALVE}${functions}${sums.functions}
@compute @workgroup_size(${THREADS})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
${sums.parameters}) {
${sums.start}\
  let row = lineOf(group, groups);
  if (row >= shape.rows) {
    return;
  }
  let first = row * shape.width;
${statements}}
`;
  };
  return { name, code: codeFor(false), subgroupCode: codeFor(true) };
}
