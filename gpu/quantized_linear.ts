/**
 * Products of rows in 8 bits.
 *
 * @module
 */
import type { ActivationName } from "../ops/activation.ts";
import { QUANTIZED_BLOCK, quantizedLayout } from "../tensor/quantized_layout.ts";
import { ACTIVATE, activationNumber } from "./activation.ts";
import { type Command, type Kernel, line } from "./machine/commands.ts";
import type { QuantizedBuffers } from "./quantize_rows.ts";

/** Vectors of 16 values of a block. */
const BLOCK = QUANTIZED_BLOCK / 16;

/** Invocations in each direction, sums of an invocation in each direction, and the tile's side. */
const [THREADS, VALUES, SIDE] = [16, 4, 64];

/** Outputs of a workgroup of the kernel for few rows, its invocations, and most rows. */
const [FEW_OUTPUTS, FEW_THREADS, FEW_ROWS] = [4, 64, 8];

const each = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join("");

/** WGSL: the operands, and `dotOf`, the sum of the products of 16 pairs of bytes. */
function operands(hasPackedDot: boolean): string {
  const dot = (part: string) =>
    `${hasPackedDot ? "dot4I8Packed" : "plainDot"}(a.${part}, b.${part})`;
  const byte = (name: string, shift: number) => `((bitcast<i32>(${name}) << ${24 - shift}) >> 24)`;
  return /* wgsl */ `
struct Shape {
  rows: u32,
  outputs: u32,
  /** Vectors of 16 values of a row, and its blocks. */
  vectors: u32,
  blocks: u32,
  hasBias: u32,
  /** The first row of y. */
  firstY: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> xSteps: array<f32>;
@group(0) @binding(3) var<storage, read> weight: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read> weightSteps: array<f32>;
@group(0) @binding(5) var<storage, read> bias: array<f32>;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;
${ACTIVATE}
${
    hasPackedDot ? "" : `
fn plainDot(a: u32, b: u32) -> i32 {
  return ${[0, 8, 16, 24].map((shift) => `${byte("a", shift)} * ${byte("b", shift)}`).join(" + ")};
}
`
  }
fn dotOf(a: vec4<u32>, b: vec4<u32>) -> i32 {
  return ${[..."xyzw"].map(dot).join(" + ")};
}

fn biasOf(output: u32) -> f32 {
  if (shape.hasBias == 0 || output >= shape.outputs) {
    return 0;
  }
  return bias[output];
}
`;
}

/**
 * Tiles of 64×64 values, as in linear_kernel.ts; a vector has 16 inputs. At the end of a block its
 * sums, which are exact, are scaled by the steps and added.
 */
function tileCode(hasPackedDot: boolean): string {
  const both = (text: (i: number, j: number) => string) =>
    each(VALUES, (i) => each(VALUES, (j) => text(i, j)));
  return /* wgsl */ `${operands(hasPackedDot)}
var<workgroup> tileX: array<array<array<array<vec4<u32>, ${THREADS}>, ${VALUES}>, 2>, 2>;
var<workgroup> tileW: array<array<array<array<vec4<u32>, ${THREADS}>, ${VALUES}>, 2>, 2>;

@compute @workgroup_size(${THREADS}, ${THREADS})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(local_invocation_index) index: u32,
) {
  let firstRow = group.y * ${SIDE};
  let firstColumn = group.x * ${SIDE};
  let column = firstColumn + local.x;
  let part = index % 2;
  // One half of the invocations loads x, the other one the weights.
  let isX = index < ${2 * SIDE};
  let tileRow = index / 2 % ${SIDE};
  let place = (tileRow % ${THREADS}) ^ (4 * part);
  let loaded = select(firstColumn, firstRow, isX) + tileRow;
  let isLoaded = loaded < select(shape.outputs, shape.rows, isX);
${both((i, j) => `  var y${i}_${j} = biasOf(column + ${j * THREADS});\n  var sum${i}_${j} = 0;\n`)}\
  var half = 1u;
  for (var vector = 0u; vector < shape.vectors + 2; vector += 2) {
    var next = vec4<u32>();
    if (isLoaded && vector + part < shape.vectors) {
      if (isX) {
        next = x[loaded * shape.vectors + vector + part];
      } else {
        next = weight[loaded * shape.vectors + vector + part];
      }
    }
    if (vector > 0) {
${
    each(2, (v) =>
      `      {
${
        each(VALUES, (i) =>
          `        let x${i} = tileX[half][${v}][${i}][local.y${v ? " ^ 4" : ""}];
        let w${i} = tileW[half][${v}][${i}][local.x${v ? " ^ 4" : ""}];
`)
      }\
${both((i, j) => `        sum${i}_${j} += dotOf(x${i}, w${j});\n`)}      }
`)
  }\
      if (vector % ${BLOCK} == 0 || vector == shape.vectors) {
        let at = (vector - 1) / ${BLOCK};
${
    each(VALUES, (i) =>
      `        let x${i} = xSteps[min(firstRow + local.y + ${
        i * THREADS
      }, shape.rows - 1) * shape.blocks + at];
        let w${i} = weightSteps[min(column + ${
        i * THREADS
      }, shape.outputs - 1) * shape.blocks + at];
`)
  }\
${
    both((i, j) =>
      `        y${i}_${j} = fma(f32(sum${i}_${j}) * w${j}, x${i}, y${i}_${j});\n        sum${i}_${j} = 0;\n`
    )
  }      }
    }
    half ^= 1;
    if (isX) {
      tileX[half][part][tileRow / ${THREADS}][place] = next;
    } else {
      tileW[half][part][tileRow / ${THREADS}][place] = next;
    }
    workgroupBarrier();
  }
  var all = array(${each(VALUES, (i) => `vec4<f32>(${each(VALUES, (j) => `y${i}_${j}, `)}), `)});
  for (var i = 0u; i < ${VALUES}; i++) {
    for (var j = 0u; j < ${VALUES}; j++) {
      let row = firstRow + local.y + ${THREADS} * i;
      let output = column + ${THREADS} * j;
      if (row < shape.rows && output < shape.outputs) {
        y[(shape.firstY + row) * shape.outputs + output] = activate(all[i][j]);
      }
    }
  }
}
`;
}

/**
 * One workgroup per four outputs of up to eight rows. Sums of a block are exact, so invocations
 * share its vectors; blocks are added one after the other, as in tiles: with the same bits.
 */
function fewCode(hasPackedDot: boolean): string {
  const sums = FEW_ROWS * FEW_OUTPUTS;
  const names = (text: (i: number, o: number) => string) =>
    each(FEW_ROWS, (i) => each(FEW_OUTPUTS, (o) => text(i, o)));
  return /* wgsl */ `${operands(hasPackedDot)}
/** The sums of each invocation; a row has one place more, against bank conflicts. */
var<workgroup> shares: array<array<i32, ${FEW_THREADS + 1}>, ${sums}>;

@compute @workgroup_size(${FEW_THREADS})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let firstOutput = lineOf(group, groups) * ${FEW_OUTPUTS};
${each(FEW_OUTPUTS, (o) => `  let rowW${o} = min(firstOutput + ${o}, shape.outputs - 1);\n`)}\
${each(FEW_ROWS, (i) => `  let rowX${i} = min(${i}u, shape.rows - 1);\n`)}\
  let row = local / ${FEW_OUTPUTS};
  let output = firstOutput + local % ${FEW_OUTPUTS};
  let isInside = row < shape.rows && output < shape.outputs;
  var value = biasOf(output);
  for (var block = 0u; block < shape.blocks; block++) {
    let end = min((block + 1) * ${BLOCK}, shape.vectors);
${names((i, o) => `    var sum${i}_${o} = 0;\n`)}\
    for (var vector = block * ${BLOCK} + local; vector < end; vector += ${FEW_THREADS}) {
${each(FEW_OUTPUTS, (o) => `      let w${o} = weight[rowW${o} * shape.vectors + vector];\n`)}\
${
    each(FEW_ROWS, (i) =>
      `      let x${i} = x[rowX${i} * shape.vectors + vector];
${each(FEW_OUTPUTS, (o) => `      sum${i}_${o} += dotOf(x${i}, w${o});\n`)}`)
  }    }
${names((i, o) => `    shares[${i * FEW_OUTPUTS + o}][local] = sum${i}_${o};\n`)}\
    workgroupBarrier();
    if (isInside) {
      var sum = 0;
      for (var i = 0u; i < ${FEW_THREADS}; i++) {
        sum += shares[local][i];
      }
      let step = weightSteps[output * shape.blocks + block];
      value = fma(f32(sum) * step, xSteps[row * shape.blocks + block], value);
    }
    workgroupBarrier();
  }
  if (isInside) {
    y[(shape.firstY + row) * shape.outputs + output] = activate(value);
  }
}
`;
}

const kernels = new Map<string, Kernel>();

/** Operands of a product. */
export interface QuantizedOperands {
  /** `[rows, inputs]`. */
  readonly x: QuantizedBuffers;
  /** `[outputs, inputs]`. */
  readonly weight: QuantizedBuffers;
  /** `[outputs]`, or undefined. */
  readonly bias: GPUBuffer | undefined;
  /** `[…, outputs]`, and its first row that is written. */
  readonly y: { readonly buffer: GPUBuffer; readonly first: number };
}

/** Sizes of a product. */
export interface QuantizedShape {
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly activation?: ActivationName;
}

/**
 * `x·Wᵀ + bias` of rows in 8 bits, then the activation; see cpu/quantized_linear.ts.
 *
 * @param operands Rows of x and of the weights, the bias, the result.
 * @param shape Sizes and activation.
 * @param hasPackedDot Whether the language has products of packed bytes; else they are spelled out,
 * with the same sums.
 * @returns The operation.
 */
export function quantizedProduct(
  { x, weight, bias, y }: QuantizedOperands,
  { rows, inputs, outputs, activation }: QuantizedShape,
  hasPackedDot: boolean,
): Command {
  const { padded, blocks } = quantizedLayout(inputs);
  const isFew = rows <= FEW_ROWS;
  const name = `quantized_linear${isFew ? " few" : ""}${hasPackedDot ? "" : " plain"}`;
  let kernel = kernels.get(name);
  if (!kernel) {
    const code = isFew ? fewCode(hasPackedDot) : tileCode(hasPackedDot);
    kernels.set(name, kernel = { name, code });
  }
  return {
    kernel,
    constants: { ACTIVATION: activationNumber(activation) },
    words: [rows, outputs, padded / 16, blocks, bias ? 1 : 0, y.first],
    // Bindings that the kernel does not read must still be bound.
    buffers: [x.integers, x.steps, weight.integers, weight.steps, bias ?? weight.steps, y.buffer],
    groups: rows === 0 || outputs === 0
      ? [0, 0, 0]
      : isFew
      ? line(Math.ceil(outputs / FEW_OUTPUTS))
      : [Math.ceil(outputs / SIDE), Math.ceil(rows / SIDE), 1],
    work: rows * inputs * outputs / 4,
  };
}
