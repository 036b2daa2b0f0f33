/**
 * Rows of weights in 8 bits as floats.
 *
 * @module
 */
import { QUANTIZED_BLOCK, quantizedLayout } from "../tensor/quantized_layout.ts";
import { type Command, floatWord, type Kernel, line } from "./machine/commands.ts";
import { type QuantizedBuffers, ROTATION } from "./quantize_rows.ts";

/** Invocations of a workgroup. */
const THREADS = 64;

/** One workgroup per block of a row of the result; a block's step carries the factor of rotations. */
const KERNEL: Kernel = {
  name: "dequantize_rows",
  code: /* wgsl */ `
struct Shape {
  rows: u32,
  inputs: u32,
  padded: u32,
  /** The first row, where none are listed; else the number of ids, which are repeated. */
  first: u32,
  ids: u32,
  /** 1 if the rows are added to those of the result. */
  adds: u32,
  scale: f32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> integers: array<u32>;
@group(0) @binding(2) var<storage, read> steps: array<f32>;
@group(0) @binding(3) var<storage, read> ids: array<i32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
${ROTATION}
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
  var row = shape.first + place.row;
  if (shape.ids > 0) {
    row = u32(ids[place.row % shape.ids]);
  }
  let first = ${QUANTIZED_BLOCK} * place.number;
  let blocks = (shape.padded + ${QUANTIZED_BLOCK - 1}) / ${QUANTIZED_BLOCK};
  let step = steps[row * blocks + place.number];
  for (var v = local; v < place.vectors; v += ${THREADS}) {
    let bytes = bitcast<i32>(integers[(row * shape.padded + first) / 4 + v]);
    block[v] = step * vec4<f32>(
      f32((bytes << 24) >> 24),
      f32((bytes << 16) >> 24),
      f32((bytes << 8) >> 24),
      f32(bytes >> 24),
    );
  }
  butterflies(place, local);
  for (var i = local; i < 4 * place.vectors && first + i < shape.inputs; i += ${THREADS}) {
    let at = place.row * shape.inputs + first + i;
    let value = shape.scale * signOf(i / 4 % place.mixed) * block[i / 4][i % 4];
    y[at] = select(value, y[at] + value, shape.adds == 1);
  }
}
`,
};

/** Which rows, and what becomes of them. */
export interface DequantizedRows {
  /** Rows of the result, and values of one. */
  readonly rows: number;
  readonly inputs: number;
  /** Numbers of rows, repeated if there are fewer; absent: consecutive rows from `first`. */
  readonly ids?: { readonly buffer: GPUBuffer; readonly count: number };
  readonly first?: number;
  /** Factor of the rows; absent: 1. */
  readonly scale?: number;
  /** Whether they are added to those of the result. */
  readonly adds?: boolean;
}

/**
 * Converts rows to floats.
 *
 * @param from Weights in 8 bits.
 * @param y `[rows, inputs]`.
 * @param rows Which rows, and what becomes of them.
 * @returns The operation.
 */
export function dequantizeRows(
  from: QuantizedBuffers,
  y: GPUBuffer,
  { rows, inputs, ids, first = 0, scale = 1, adds = false }: DequantizedRows,
): Command {
  const { padded, blocks } = quantizedLayout(inputs);
  return {
    kernel: KERNEL,
    words: [rows, inputs, padded, first, ids?.count ?? 0, adds ? 1 : 0, floatWord(scale)],
    // Bindings that the kernel does not read must still be bound.
    buffers: [from.integers, from.steps, ids?.buffer ?? from.integers, y],
    groups: ids?.count === 0 ? [0, 0, 0] : line(rows * blocks),
  };
}
