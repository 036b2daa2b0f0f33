/**
 * The kernels of linear layers.
 *
 * @module
 */
import { ACTIVATE } from "./activation.ts";
import type { Kernel } from "./machine/commands.ts";

/** A tile of the result. */
export interface Tile {
  /** Invocations in each direction: columns, rows. */
  readonly threads: readonly [number, number];
  /** Sums of an invocation in each direction; unrolled in kernels to stay in registers. */
  readonly values: number;
  /** Whether the invocations share operands in workgroup memory; else each reads its own. */
  readonly isShared: boolean;
}

const kernels = new Map<string, Kernel>();

/**
 * One workgroup per tile of the result.
 *
 * Rows of both operands run over the inputs, so they are read in vectors of four inputs. Values
 * outside the operands are read as 0 or never written, so only the end of the kernel handles edges.
 *
 * @param tile Its values, and whether it is shared; its threads are override constants.
 * @param isWhole Whether the number of inputs is a multiple of 4.
 * @returns The kernel.
 */
export function linearKernel({ values, isShared }: Tile, isWhole: boolean): Kernel {
  const name = `linear ${values}${isShared ? "" : " direct"}${isWhole ? "" : " scalar"}`;
  let kernel = kernels.get(name);
  if (!kernel) {
    const main = isShared ? sharedMain(values) : directMain(values);
    kernels.set(name, kernel = { name, code: shapeCode(isWhole) + WRITE + main });
  }
  return kernel;
}

/** The code for each register of a row or column of sums. */
function each(values: number, text: (i: number) => string): string {
  return Array.from({ length: values }, (_, i) => text(i)).join("");
}

function shapeCode(isWhole: boolean): string {
  const operand = isWhole ? "vec4<Stored>" : "Stored";
  const load = (name: string) =>
    isWhole ? `vec4<f32>(${name}[row * (shape.inputs / 4) + vector])` : `vec4<f32>(
    ${
      [0, 1, 2, 3].map((i) =>
        `select(0, f32(${name}[row * shape.inputs + 4 * vector + ${i}]), 4 * vector + ${i} < shape.inputs)`
      ).join(",\n    ")
    })`;
  return /* wgsl */ `
struct Shape {
  /** Rows of x that this call is for, its columns, and the weights' rows. */
  rows: u32,
  inputs: u32,
  outputs: u32,
  /** The first of these rows, in x and in y. */
  firstX: u32,
  firstY: u32,
  /** Values of a row of y, and the index in it at which these outputs start. */
  stride: u32,
  firstOutput: u32,
  /** 1 if a bias is added. */
  hasBias: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<${operand}>;
@group(0) @binding(2) var<storage, read> weight: array<${operand}>;
@group(0) @binding(3) var<storage, read> bias: array<Stored>;
@group(0) @binding(4) var<storage, read_write> y: array<Stored>;

/** Invocations in each direction. */
override COLUMN_THREADS: u32 = 8;
override ROW_THREADS: u32 = 8;
${ACTIVATE}
fn readX(row: u32, vector: u32) -> vec4<f32> {
  return ${load("x")};
}

fn readWeight(row: u32, vector: u32) -> vec4<f32> {
  return ${load("weight")};
}
`;
}

/**
 * For graphics processors: the first vectors of all rows lie in workgroup memory, then the next
 * vectors of all rows, so neighbouring invocations read neighbouring vectors. While one step of two
 * vectors is multiplied, the next one is loaded into registers; it is stored in the other half of
 * the memory, so one barrier per step is enough. The tile is square.
 */
function sharedMain(values: number): string {
  return /* wgsl */ `
// After all override declarations: naga 29 rejects those that follow arrays whose size depends on
// overrides.
/** Vectors of two steps. */
var<workgroup> tileX: array<vec4<f32>, COLUMN_THREADS * ${4 * values}>;
var<workgroup> tileW: array<vec4<f32>, COLUMN_THREADS * ${4 * values}>;

fn inputsOf(tileRow: u32, vector: u32) -> vec4<f32> {
  if (tileRow >= shape.rows || 4 * vector >= shape.inputs) {
    return vec4<f32>();
  }
  return readX(shape.firstX + tileRow, vector);
}

fn weightsOf(row: u32, vector: u32) -> vec4<f32> {
  if (row >= shape.outputs || 4 * vector >= shape.inputs) {
    return vec4<f32>();
  }
  return readWeight(row, vector);
}

@compute @workgroup_size(COLUMN_THREADS, ROW_THREADS)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(local_invocation_index) index: u32,
) {
  let side = COLUMN_THREADS * ${values};
  let firstRow = group.y * side;
  let firstColumn = group.x * side;
  // The vector of each step that this invocation loads.
  let tileRow = index / 2;
  let tileVector = index % 2;
  let to = tileVector * side + tileRow;
${each(values, (i) => `  var sums${i} = array<f32, ${values}>();\n`)}
  tileX[to] = inputsOf(firstRow + tileRow, tileVector);
  tileW[to] = weightsOf(firstColumn + tileRow, tileVector);
  workgroupBarrier();
  var half = 0u;
  for (var step = 0u; 4 * step < shape.inputs; step += 2) {
    let nextX = inputsOf(firstRow + tileRow, step + 2 + tileVector);
    let nextW = weightsOf(firstColumn + tileRow, step + 2 + tileVector);
    for (var vector = 0u; vector < 2; vector++) {
      let atX = half + vector * side + local.y;
      let atW = half + vector * side + local.x;
${each(values, (i) => `      let x${i} = tileX[atX + ${i} * ROW_THREADS];\n`)}\
${each(values, (i) => `      let w${i} = tileW[atW + ${i} * COLUMN_THREADS];\n`)}\
${products(values)}    }
    half = 2 * side - half;
    tileX[half + to] = nextX;
    tileW[half + to] = nextW;
    workgroupBarrier();
  }
  let row = firstRow + local.y;
  let column = firstColumn + local.x;
${
    each(values, (i) =>
      each(values, (j) =>
        `  write(row + ${i} * ROW_THREADS, column + ${j} * COLUMN_THREADS, sums${i}[${j}]);\n`))
  }}
`;
}

/**
 * For emulated graphics processors: a load costs more than tens of multiply-adds, from workgroup
 * memory as from any other, whereas registers are cheap. So an invocation has many sums and nothing
 * is shared. For rows past the end the last one is read.
 */
function directMain(values: number): string {
  return /* wgsl */ `
@compute @workgroup_size(COLUMN_THREADS, ROW_THREADS)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let firstRow = group.y * ROW_THREADS * ${values};
  let firstColumn = group.x * COLUMN_THREADS * ${values};
${
    each(values, (i) =>
      `  var sums${i} = array<f32, ${values}>();
  let rowX${i} = shape.firstX + min(firstRow + local.y + ${i} * ROW_THREADS, shape.rows - 1);
  let rowW${i} = min(firstColumn + local.x + ${i} * COLUMN_THREADS, shape.outputs - 1);
`)
  }\
  for (var vector = 0u; 4 * vector < shape.inputs; vector++) {
${each(values, (i) => `    let x${i} = readX(rowX${i}, vector);\n`)}\
${each(values, (i) => `    let w${i} = readWeight(rowW${i}, vector);\n`)}\
${products(values)}  }
  // A loop: unrolled, this would be most of the program and of the time to compile it.
  var sums = array(${each(values, (i) => `sums${i}, `)});
  for (var i = 0u; i < ${values}; i++) {
    for (var j = 0u; j < ${values}; j++) {
      let row = firstRow + local.y + i * ROW_THREADS;
      write(row, firstColumn + local.x + j * COLUMN_THREADS, sums[i][j]);
    }
  }
}
`;
}

/** Sums of the products of `values` vectors of x and of the weights. */
function products(values: number): string {
  return each(
    values,
    (i) => each(values, (j) => `      sums${i}[${j}] += dot(x${i}, w${j});\n`),
  );
}

const WRITE = /* wgsl */ `
fn write(row: u32, column: u32, sum: f32) {
  if (row >= shape.rows || column >= shape.outputs) {
    return;
  }
  var value = sum;
  if (shape.hasBias == 1) {
    value += f32(bias[shape.firstOutput + column]);
  }
  y[(shape.firstY + row) * shape.stride + shape.firstOutput + column] = Stored(activate(value));
}
`;
