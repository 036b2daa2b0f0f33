/**
 * Linear layer.
 *
 * @module
 */
import type { ActivationName } from "../backend.ts";
import type { LinearShape } from "../cpu/linear.ts";
import { ACTIVATE, activationNumber } from "./activation.ts";
import type { Command, Kernel } from "./commands.ts";
import type { Part } from "./storage.ts";

/** A tile of the result: `threads·threads` invocations with `values·values` sums each. */
interface Tile {
  /** Invocations in each direction. */
  readonly threads: number;
  /** Sums of an invocation in each direction. */
  readonly values: number;
}

/**
 * Tiles, the largest first. A step over the inputs reads 8 of them: in all tiles each invocation
 * then brings one vector of four of x and one of the weights, as `values·2 = threads`.
 *
 * 8·8 sums take 4 loads of vectors from workgroup memory for 64·4 multiply-adds, and fit into
 * registers; two steps of 128 rows and columns fill 16 KiB, what WebGPU grants everywhere.
 */
const TILES: readonly Tile[] = [{ threads: 16, values: 8 }, { threads: 8, values: 4 }];

const kernels = new Map<string, Kernel>();

/**
 * One workgroup a tile of the result.
 *
 * The operands' rows both go over the inputs, so vectors of four inputs lie in workgroup memory as
 * they come, first inputs of all rows, next inputs of all rows: neighbouring invocations read
 * neighbouring vectors. While one step is multiplied the next one is on its way to registers; it is
 * put into the other half of the memory, so one barrier a step is enough. What lies outside the
 * operands is 0, so only the end of the kernel knows of edges.
 *
 * @param values Sums of an invocation in each direction; spelled out, as they are registers.
 * @param isWhole Whether inputs come in whole vectors.
 */
function kernelFor(values: number, isWhole: boolean): Kernel {
  const name = `linear ${values}${isWhole ? "" : " scalar"}`;
  let kernel = kernels.get(name);
  if (!kernel) kernels.set(name, kernel = { name, code: codeFor(values, isWhole) });
  return kernel;
}

function codeFor(values: number, isWhole: boolean): string {
  const each = (text: (i: number) => string) =>
    Array.from({ length: values }, (_, i) => text(i)).join("");
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
  /** Values of a row of y, and where in it these outputs start. */
  stride: u32,
  firstOutput: u32,
  /** 1 where a bias is added. */
  hasBias: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<${operand}>;
@group(0) @binding(2) var<storage, read> weight: array<${operand}>;
@group(0) @binding(3) var<storage, read> bias: array<Stored>;
@group(0) @binding(4) var<storage, read_write> y: array<Stored>;

/** Invocations in each direction. */
override THREADS: u32 = 8;
${ACTIVATE}
// Last of all declarations with overrides: naga 29 takes no others after arrays of their size.
/** Vectors of two steps. */
var<workgroup> tileX: array<vec4<f32>, THREADS * ${4 * values}>;
var<workgroup> tileW: array<vec4<f32>, THREADS * ${4 * values}>;

fn inputsOf(tileRow: u32, vector: u32) -> vec4<f32> {
  if (tileRow >= shape.rows || 4 * vector >= shape.inputs) {
    return vec4<f32>();
  }
  let row = shape.firstX + tileRow;
  return ${load("x")};
}

fn weightsOf(row: u32, vector: u32) -> vec4<f32> {
  if (row >= shape.outputs || 4 * vector >= shape.inputs) {
    return vec4<f32>();
  }
  return ${load("weight")};
}

@compute @workgroup_size(THREADS, THREADS)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(local_invocation_index) index: u32,
) {
  let side = THREADS * ${values};
  let firstRow = group.y * side;
  let firstColumn = group.x * side;
  // Which vector of each step this invocation brings.
  let tileRow = index / 2;
  let tileVector = index % 2;
  let to = tileVector * side + tileRow;
${each((i) => `  var sums${i} = array<f32, ${values}>();\n`)}
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
${each((i) => `      let x${i} = tileX[atX + ${i} * THREADS];\n`)}\
${each((i) => `      let w${i} = tileW[atW + ${i} * THREADS];\n`)}\
${each((i) => each((j) => `      sums${i}[${j}] += dot(x${i}, w${j});\n`))}    }
    half = 2 * side - half;
    tileX[half + to] = nextX;
    tileW[half + to] = nextW;
    workgroupBarrier();
  }
  var row = firstRow + local.y;
${each((i) => `  write(row + ${i} * THREADS, firstColumn + local.x, sums${i});\n`)}}

fn write(row: u32, firstColumn: u32, sums: array<f32, ${values}>) {
  if (row >= shape.rows) {
    return;
  }
  let to = (shape.firstY + row) * shape.stride + shape.firstOutput;
${each((j) => `  put(to, firstColumn + ${j} * THREADS, sums[${j}]);\n`)}}

fn put(to: u32, column: u32, sum: f32) {
  if (column >= shape.outputs) {
    return;
  }
  var value = sum;
  if (shape.hasBias == 1) {
    value += f32(bias[shape.firstOutput + column]);
  }
  y[to + column] = Stored(activate(value));
}
`;
}

/** Operands of a linear layer; all but the bias may be split by rows. */
export interface LinearParts {
  /** `[rows, inputs]`. */
  readonly x: readonly Part[];
  /** `[outputs, inputs]`. */
  readonly weight: readonly Part[];
  /** `[outputs]`, or undefined. */
  readonly bias: GPUBuffer | undefined;
  /** `[rows, outputs]`; only rows that both x and y have are computed. */
  readonly y: readonly Part[];
}

/**
 * `x·Wᵀ + bias`, then the activation; see cpu/linear.ts.
 *
 * @param operands The operands.
 * @param shape Sizes.
 * @param enoughGroups Workgroups that keep the processor busy: fewer tiles are made smaller.
 * @param activation What is applied to each value.
 * @returns The operations: one, unless an operand is split.
 * @throws {RangeError} If there is no such activation.
 */
export function linear(
  { x, weight, bias, y }: LinearParts,
  { inputs, outputs }: Omit<LinearShape, "rows">,
  enoughGroups: number,
  activation?: ActivationName,
): Command[] {
  const commands: Command[] = [];
  for (const to of y) {
    for (const from of x) {
      const first = Math.max(from.first, to.first);
      const rows = Math.min(from.first + from.rows, to.first + to.rows) - first;
      if (rows <= 0) continue;
      for (const part of weight) {
        const tile = tileFor(rows, part.rows, enoughGroups);
        const side = tile.threads * tile.values;
        commands.push({
          kernel: kernelFor(tile.values, inputs % 4 === 0),
          constants: {
            THREADS: tile.threads,
            ACTIVATION: activationNumber(activation),
          },
          words: [
            ...[rows, inputs, part.rows, first - from.first, first - to.first],
            ...[outputs, part.first, bias ? 1 : 0],
          ],
          // What is not read has to be bound all the same.
          buffers: [from.buffer, part.buffer, bias ?? part.buffer, to.buffer],
          groups: [Math.ceil(part.rows / side), Math.ceil(rows / side), 1],
        });
      }
    }
  }
  return commands;
}

/** The largest tile that gives enough workgroups; else the smallest. */
function tileFor(rows: number, outputs: number, enoughGroups: number): Tile {
  const groups = ({ threads, values }: Tile) =>
    Math.ceil(rows / (threads * values)) * Math.ceil(outputs / (threads * values));
  return TILES.find((tile) => groups(tile) >= enoughGroups) ?? TILES[TILES.length - 1];
}
