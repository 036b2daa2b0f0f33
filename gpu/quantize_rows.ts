/**
 * Rows in 8 bits, as cpu/quantize.ts defines them.
 *
 * @module
 */
import { QUANTIZED_BLOCK, quantizedLayout } from "../tensor/quantized_layout.ts";
import { type Command, floatWord, type Kernel, line } from "./machine/commands.ts";

/** Invocations of a workgroup. */
const THREADS = 64;

/**
 * WGSL: a block of a row in workgroup memory, `placeOf` which finds it, and its butterflies, as
 * cpu/hadamard.ts defines them.
 */
export const ROTATION = /* wgsl */ `
var<workgroup> block: array<vec4<f32>, ${QUANTIZED_BLOCK / 4}>;

/** A block of a row. */
struct Place {
  row: u32,
  number: u32,
  /** Its vectors of four values, and how many of them are mixed. */
  vectors: u32,
  mixed: u32,
}

fn placeOf(index: u32, padded: u32) -> Place {
  let blocks = (padded + ${QUANTIZED_BLOCK - 1}) / ${QUANTIZED_BLOCK};
  let number = index % blocks;
  let vectors = min(${QUANTIZED_BLOCK}u, padded - number * ${QUANTIZED_BLOCK}) / 4;
  return Place(index / blocks, number, vectors, min(64u, vectors & (~vectors + 1)));
}

/** −1 for a vector whose sign is flipped, else 1. */
fn signOf(vector: u32) -> f32 {
  let pairs = vector & (vector >> 1);
  return 1 - 2 * f32((pairs ^ (pairs >> 2) ^ (pairs >> 4)) & 1);
}

fn butterflies(place: Place, local: u32) {
  for (var distance = 1u; distance < place.mixed; distance *= 2) {
    workgroupBarrier();
    for (var pair = local; pair < place.vectors / 2; pair += ${THREADS}) {
      let at = pair / distance * distance * 2 + pair % distance;
      let a = block[at];
      let b = block[at + distance];
      block[at] = a + b;
      block[at + distance] = a - b;
    }
  }
  workgroupBarrier();
}
`;

/** One workgroup per block of a row. */
const KERNEL: Kernel = {
  name: "quantize_rows",
  code: /* wgsl */ `
struct Shape {
  rows: u32,
  inputs: u32,
  padded: u32,
  /** The first row of x, and the row of the result that it becomes. */
  firstX: u32,
  first: u32,
  /** 1 for weights, whose steps are divided by the factor of both rotations. */
  isWeight: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> integers: array<u32>;
@group(0) @binding(3) var<storage, read_write> steps: array<f32>;
${ROTATION}
/** The bits of the largest magnitude: as numbers they order magnitudes, NaN above all. */
var<workgroup> top: atomic<u32>;

/** The quotient of normal numbers above 0, rounded to nearest, which WGSL's own need not be. */
fn divide(a: f32, b: f32) -> f32 {
  var rest = (bitcast<u32>(a) & 0x7fffff) | 0x800000;
  let divisor = (bitcast<u32>(b) & 0x7fffff) | 0x800000;
  var exponent = (bitcast<u32>(a) >> 23) - (bitcast<u32>(b) >> 23) - 23;
  if (rest < divisor) {
    rest *= 2;
    exponent -= 1;
  }
  var quotient = 0u;
  for (var i = 0; i < 24; i++) {
    let isOne = u32(rest >= divisor);
    quotient = 2 * quotient + isOne;
    rest = 2 * (rest - isOne * divisor);
  }
  quotient += u32(rest > divisor || (rest == divisor && (quotient & 1) == 1));
  return bitcast<f32>(bitcast<u32>(f32(quotient)) + (exponent << 23));
}

fn valueAt(row: u32, column: u32) -> f32 {
  if (column >= shape.inputs) {
    return 0;
  }
  return x[(shape.firstX + row) * shape.inputs + column];
}

@compute @workgroup_size(${THREADS})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let place = placeOf(lineOf(group, groups), shape.padded);
  if (place.row >= shape.rows) {
    return;
  }
  let first = ${QUANTIZED_BLOCK} * place.number;
  for (var v = local; v < place.vectors; v += ${THREADS}) {
    let column = first + 4 * v;
    block[v] = signOf(v % place.mixed) * vec4<f32>(
      valueAt(place.row, column),
      valueAt(place.row, column + 1),
      valueAt(place.row, column + 2),
      valueAt(place.row, column + 3),
    );
  }
  butterflies(place, local);
  for (var v = local; v < place.vectors; v += ${THREADS}) {
    let bits = bitcast<vec4<u32>>(block[v]) & vec4<u32>(0x7fffffff);
    atomicMax(&top, max(max(bits.x, bits.y), max(bits.z, bits.w)));
  }
  workgroupBarrier();
  let bits = atomicLoad(&top);
  let isRounded = bits >= ${floatWord(2 ** -100)} && bits < ${floatWord(Infinity)};
  let largest = select(1, bitcast<f32>(bits), isRounded);
  let inverse = divide(127, largest);
  let row = shape.first + place.row;
  for (var v = local; v < place.vectors; v += ${THREADS}) {
    var bytes = vec4<u32>();
    if (isRounded) {
      bytes = bitcast<vec4<u32>>(vec4<i32>(round(block[v] * inverse))) & vec4<u32>(0xff);
    }
    integers[(row * shape.padded + first) / 4 + v] =
      bytes.x | (bytes.y << 8) | (bytes.z << 16) | (bytes.w << 24);
  }
  if (local == 0) {
    var step = select(0, divide(largest, 127), isRounded);
    if (bits >= ${floatWord(Infinity)}) {
      step = bitcast<f32>(0x7fc00000 | shape.rows);
    }
    let blocks = (shape.padded + ${QUANTIZED_BLOCK - 1}) / ${QUANTIZED_BLOCK};
    // A power of two, by whose inverse a product is exact: a quotient need not be.
    let inverseMixed = bitcast<f32>((127 - countTrailingZeros(place.mixed)) << 23);
    steps[row * blocks + place.number] = select(step, step * inverseMixed, shape.isWeight == 1);
  }
}
`,
};

/** Rows in 8 bits. */
export interface QuantizedBuffers {
  /** `[rows, padded]`, four to a word. */
  readonly integers: GPUBuffer;
  /** `[rows, blocks]`. */
  readonly steps: GPUBuffer;
}

/**
 * Numbers of 32-bit words of rows in 8 bits.
 *
 * @param rows Rows.
 * @param inputs Values of a row.
 * @returns Words of the integers and of the steps.
 */
export function quantizedWords(
  rows: number,
  inputs: number,
): { readonly integers: number; readonly steps: number } {
  const { padded, blocks } = quantizedLayout(inputs);
  return { integers: rows * padded / 4, steps: rows * blocks };
}

/** Rows of floats. */
export interface FloatRows {
  /** `[…, inputs]`. */
  readonly x: GPUBuffer;
  /** Rows that are meant. */
  readonly rows: number;
  /** Values of a row. */
  readonly inputs: number;
  /** The first of the rows; absent: 0. */
  readonly first?: number;
}

/**
 * Rotates rows and rounds them.
 *
 * @param from The rows.
 * @param to Memory for them.
 * @param weights The row of `to` that the first one becomes, if these are weights.
 * @returns The operation.
 */
export function quantizeRows(
  { x, rows, inputs, first = 0 }: FloatRows,
  to: QuantizedBuffers,
  weights?: { readonly first: number },
): Command {
  const { padded, blocks } = quantizedLayout(inputs);
  return {
    kernel: KERNEL,
    words: [rows, inputs, padded, first, weights?.first ?? 0, weights ? 1 : 0],
    buffers: [x, to.integers, to.steps],
    groups: line(rows * blocks),
  };
}
