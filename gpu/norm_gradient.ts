/**
 * The gradient of layer normalisation and of root mean square normalisation.
 *
 * @module
 */
import { expectFloat32 } from "./expect_float32.ts";
import type { GpuKernel } from "./kernel.ts";
import { floatWord, type Kernel, line } from "./machine/commands.ts";
import { rowKernel, THREADS } from "./row_kernel.ts";

/**
 * One workgroup per row. As in rms_norm.ts, half of each value is multiplied by the power of two that
 * takes the largest of the row, and half of `√ε`, near 1: squares would be no float32 numbers.
 */
const KERNEL: Kernel = rowKernel("norm_gradient", {
  field: "root", // half the root of epsilon
  operands: /* wgsl */ `
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> weight: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;

/** 1 if the mean is subtracted. */
override IS_CENTRED: u32 = 0;
`,
  functions: "",
  statements: /* wgsl */ `
  let width = f32(shape.width);
  var largest = shape.root;
  for (var i = local; i < shape.width; i += ${THREADS}) {
    largest = max(largest, abs(halve(x[first + i])));
  }
  // 2^−e for numbers from 2^e on, but at least 2^−126: what is smaller may be taken for 0.
  let exponent = min(bitcast<u32>(largestOfAll(largest)) >> 23, 253u);
  let factor = bitcast<f32>((254u - exponent) << 23);
  var sum = 0.0;
  var sumOf = 0.0;
  for (var i = local; i < shape.width; i += ${THREADS}) {
    sum += halve(x[first + i]) * factor;
    sumOf += weight[i] * dy[first + i];
  }
  let isCentred = f32(IS_CENTRED);
  let mean = isCentred * sumOfAll(sum) / width;
  let meanOf = isCentred * sumOfAll(sumOf) / width;
  var squares = 0.0;
  for (var i = local; i < shape.width; i += ${THREADS}) {
    let distance = halve(x[first + i]) * factor - mean;
    squares += distance * distance;
  }
  let root = shape.root * factor;
  let scale = 1 / sqrt(sumOfAll(squares) / width + root * root);
  var products = 0.0;
  for (var i = local; i < shape.width; i += ${THREADS}) {
    products += weight[i] * dy[first + i] * ((halve(x[first + i]) * factor - mean) * scale);
  }
  let along = sumOfAll(products) / width;
  for (var i = local; i < shape.width; i += ${THREADS}) {
    let normed = (halve(x[first + i]) * factor - mean) * scale;
    dx[first + i] = (weight[i] * dy[first + i] - meanOf - normed * along) * scale * (0.5 * factor);
  }
`,
});

/** The gradient by x; see cpu/norm_gradient.ts. */
export const normGradient: GpuKernel<"normGradient"> = (
  { dy, x, weight },
  dx,
  { rows, width, epsilon, name },
  context,
) => {
  expectFloat32("normGradient", context);
  return [{
    kernel: KERNEL,
    constants: { IS_CENTRED: name === "layer" ? 1 : 0 },
    words: [rows, width, floatWord(Math.sqrt(epsilon) / 2)],
    buffers: [dy.buffer, x.buffer, weight.buffer, dx.buffer],
    groups: width === 0 ? [0, 0, 0] : line(rows),
  }];
};
