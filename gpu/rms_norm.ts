/**
 * Root mean square normalisation.
 *
 * @module
 */
import type { GpuKernel } from "./kernel.ts";
import { floatWord, type Kernel, line } from "./machine/commands.ts";
import { rowKernel, THREADS } from "./row_kernel.ts";

/**
 * One workgroup per row. Squares of large or small values would be no float32 numbers, so half of
 * each sum `x + residual` (the sum itself may be too large) is multiplied by the power of two that
 * takes the largest of them and half of `√ε` near 1; neither factor rounds.
 */
const KERNEL: Kernel = rowKernel("rms_norm", {
  field: "root", // half the root of epsilon
  operands: /* wgsl */ `
@group(0) @binding(1) var<storage, read> x: array<Stored>;
@group(0) @binding(2) var<storage, read> weight: array<Stored>;
@group(0) @binding(3) var<storage, read> residual: array<Stored>;
@group(0) @binding(4) var<storage, read_write> y: array<Stored>;

/** 1 if a residual is added. */
override HAS_RESIDUAL: u32 = 0;
`,
  functions: /* wgsl */ `
fn halfAt(i: u32) -> f32 {
  let half = halve(f32(x[i]));
  if (HAS_RESIDUAL == 1) {
    return half + halve(f32(residual[i]));
  }
  return half;
}
`,
  statements: /* wgsl */ `
  var largest = shape.root;
  for (var i = local; i < shape.width; i += ${THREADS}) {
    largest = max(largest, abs(halfAt(first + i)));
  }
  // 2^−e for numbers from 2^e on, but at least 2^−126: what is smaller may be taken for 0.
  let exponent = min(bitcast<u32>(largestOfAll(largest)) >> 23, 253u);
  let factor = bitcast<f32>((254u - exponent) << 23);
  var squares = 0.0;
  for (var i = local; i < shape.width; i += ${THREADS}) {
    let value = halfAt(first + i) * factor;
    squares += value * value;
  }
  let root = shape.root * factor;
  let scale = 1 / sqrt(sumOfAll(squares) / f32(shape.width) + root * root);
  for (var i = local; i < shape.width; i += ${THREADS}) {
    y[first + i] = stored(halfAt(first + i) * factor * scale * f32(weight[i]));
  }
`,
});

/** Each row of `x + residual` by the root of its mean square; see cpu/rms_norm.ts. */
export const rmsNorm: GpuKernel<"rmsNorm"> = (
  { x, weight, residual },
  y,
  { rows, width, epsilon },
) => [{
  kernel: KERNEL,
  constants: { HAS_RESIDUAL: residual ? 1 : 0 },
  words: [rows, width, floatWord(Math.sqrt(epsilon) / 2)],
  // Bindings that the kernel does not read must still be bound.
  buffers: [x.buffer, weight.buffer, (residual ?? x).buffer, y.buffer],
  groups: width === 0 ? [0, 0, 0] : line(rows),
}];
