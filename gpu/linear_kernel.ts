/**
 * The kernels of linear layers.
 *
 * All add the products of an output in the order of its inputs, by multiply-adds from 0 on: a row
 * has the same bits whatever the kernel, so whatever the number of rows beside it.
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
 * @param tile Its threads, their values, and whether it is shared.
 * @param isWhole Whether the number of inputs is a multiple of 4.
 * @returns The kernel.
 */
export function linearKernel(tile: Tile, isWhole: boolean): Kernel {
  const { threads: [across, down], values, isShared } = tile;
  const name = `linear ${across * values}×${down * values}${isShared ? "" : " direct"}${
    isWhole ? "" : " scalar"
  }`;
  return keep(name, () => shapeCode(isWhole) + (isShared ? sharedMain(tile) : directMain(tile)));
}

/** Outputs of a workgroup of the kernel for few rows, and most rows. */
export const FEW_OUTPUTS = 8, FEW_ROWS = 8;

/** Vectors of a step of that kernel: one invocation each, as many as there are sums. */
const FEW_VECTORS = FEW_OUTPUTS * FEW_ROWS;

/**
 * One workgroup per eight outputs of up to eight rows: reading the weights is all that costs, so
 * they are read once, by neighbouring invocations in turn.
 *
 * @param isWhole Whether the number of inputs is a multiple of 4.
 * @returns The kernel.
 */
export function fewRowsKernel(isWhole: boolean): Kernel {
  return keep(`linear few${isWhole ? "" : " scalar"}`, () => shapeCode(isWhole) + FEW_MAIN);
}

function keep(name: string, makeCode: () => string): Kernel {
  let kernel = kernels.get(name);
  if (!kernel) kernels.set(name, kernel = { name, code: makeCode() });
  return kernel;
}

/** The code for each of some registers. */
function each(count: number, text: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => text(i)).join("");
}

function shapeCode(isWhole: boolean): string {
  const operand = isWhole ? "vec4<Stored>" : "Stored";
  const load = (name: string) =>
    isWhole ? `vec4<f32>(${name}[row * vectors + vector])` : `vec4<f32>(${
      each(4, (i) => {
        const at = `4 * vector + ${i}`;
        return `select(0, f32(${name}[row * shape.inputs + ${at}]), ${at} < shape.inputs),`;
      })
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
${ACTIVATE}
fn readX(row: u32, vector: u32, vectors: u32) -> vec4<f32> {
  return ${load("x")};
}

fn readWeight(row: u32, vector: u32, vectors: u32) -> vec4<f32> {
  return ${load("weight")};
}

fn insideW(row: u32, vector: u32, vectors: u32) -> vec4<f32> {
  if (row >= shape.outputs || vector >= vectors) {
    return vec4<f32>();
  }
  return readWeight(row, vector, vectors);
}

/** A sum and four products: in this order, which that of dot() need not be. */
fn add(sum: f32, a: vec4<f32>, b: vec4<f32>) -> f32 {
  return fma(a.w, b.w, fma(a.z, b.z, fma(a.y, b.y, fma(a.x, b.x, sum))));
}

fn write(row: u32, column: u32, sum: f32) {
  if (row >= shape.rows || column >= shape.outputs) {
    return;
  }
  var value = sum;
  if (shape.hasBias == 1) {
    value += f32(bias[shape.firstOutput + column]);
  }
  y[(shape.firstY + row) * shape.stride + shape.firstOutput + column] = stored(activate(value));
}
`;
}

/**
 * Steps of two vectors of inputs go through workgroup memory, whose halves are read and written in
 * turn, so that there is one barrier a step; a step is loaded while the one before is multiplied.
 *
 * In `tileX[half][vector][value][thread]` all indices but the last are constants or the step's:
 * drivers check the others. Neighbouring invocations read neighbouring vectors; those of the second
 * vector of a step change places by fours, so that storing both is free of bank conflicts, too.
 */
function sharedMain(tile: Tile): string {
  const { threads: [across, down], values } = tile;
  const count = across * down;
  /** The code for each vector of x and of the weights that an invocation loads in a step. */
  const loads = (text: (to: string, row: string, next: string, first: string) => string) =>
    ([["X", down, "firstRow"], ["W", across, "firstColumn"]] as const).map(
      ([name, threads, first]) =>
        each(2 * threads * values / count, (n) => {
          const row = `(index + ${n * count}) / 2`;
          const place = `[${row} / ${threads}][(${row} % ${threads}) ^ (4 * part)]`;
          return text(`${name}[half][part]${place}`, row, `next${name}${n}`, `${name}(${first}`);
        }),
    ).join("");
  const tileType = (threads: number) =>
    `array<array<array<array<vec4<f32>, ${threads}>, ${values}>, 2>, 2>`;
  return /* wgsl */ `
var<workgroup> tileX: ${tileType(down)};
var<workgroup> tileW: ${tileType(across)};

fn insideX(row: u32, vector: u32, vectors: u32) -> vec4<f32> {
  if (row >= shape.rows || vector >= vectors) {
    return vec4<f32>();
  }
  return readX(shape.firstX + row, vector, vectors);
}

@compute @workgroup_size(${across}, ${down})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(local_invocation_index) index: u32,
) {
  let firstRow = group.y * ${down * values};
  let firstColumn = group.x * ${across * values};
  let vectors = (shape.inputs + 3) / 4;
  let part = index % 2;
${each(values, (i) => each(values / 4, (g) => `  var sum${i}_${g} = vec4<f32>();\n`))}\
  var half = 1u;
  for (var vector = 0u; vector < vectors + 2; vector += 2) {
${
    loads((_, row, next, first) =>
      `    let ${next} = inside${first} + ${row}, vector + part, vectors);\n`
    )
  }\
    if (vector > 0) {
${
    each(2, (v) =>
      `      {
        let atX = local.y${v ? " ^ 4" : ""};
        let atW = local.x${v ? " ^ 4" : ""};
${each(values, (i) => `        let x${i} = tileX[half][${v}][${i}][atX];\n`)}\
${each(values, (j) => `        let w${j} = tileW[half][${v}][${j}][atW];\n`)}\
${products(values)}      }
`)
  }    }
    half ^= 1;
${loads((to, _, next) => `    tile${to} = ${next};\n`)}\
    workgroupBarrier();
  }
  var sums = array(${each(values, (i) => `array(${each(values / 4, (g) => `sum${i}_${g}, `)}), `)});
${writeSums(tile, "sums[i][j / 4][j % 4]")}}
`;
}

/**
 * For emulated graphics processors: a load costs more than tens of multiply-adds, from workgroup
 * memory as from any other, whereas registers are cheap. So an invocation has many sums and nothing
 * is shared. For rows past the end the last one is read.
 */
function directMain(tile: Tile): string {
  const { threads: [across, down], values } = tile;
  return /* wgsl */ `
@compute @workgroup_size(${across}, ${down})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let firstRow = group.y * ${down * values};
  let firstColumn = group.x * ${across * values};
  let vectors = (shape.inputs + 3) / 4;
${
    each(values, (i) =>
      `  var sums${i} = array<f32, ${values}>();
  let rowX${i} = shape.firstX + min(firstRow + local.y + ${i * down}, shape.rows - 1);
  let rowW${i} = min(firstColumn + local.x + ${i * across}, shape.outputs - 1);
`)
  }\
  for (var vector = 0u; vector < vectors; vector++) {
${each(values, (i) => `    let x${i} = readX(rowX${i}, vector, vectors);\n`)}\
${each(values, (i) => `    let w${i} = readWeight(rowW${i}, vector, vectors);\n`)}\
${
    each(values, (i) =>
      each(values, (j) => `    sums${i}[${j}] = add(sums${i}[${j}], x${i}, w${j});\n`))
  }  }
  var sums = array(${each(values, (i) => `sums${i}, `)});
${writeSums(tile, "sums[i][j]")}}
`;
}

/** Adds the products of `values` vectors of x and of the weights, by multiply-adds alone. */
function products(values: number): string {
  return [..."xyzw"].map((k) =>
    each(
      values / 4,
      (g) =>
        `let c${k}${g} = vec4<f32>(${each(4, (j) => `w${4 * g + j}.${k}, `)});\n` +
        each(
          values,
          (i) => `sum${i}_${g} = fma(vec4<f32>(x${i}.${k}), c${k}${g}, sum${i}_${g});\n`,
        ),
    )
  ).join("");
}

/** Writes the sums, in loops: unrolled, they would be most of the program and of compiling it. */
function writeSums({ threads: [across, down], values }: Tile, sum: string): string {
  return `  for (var i = 0u; i < ${values}; i++) {
    for (var j = 0u; j < ${values}; j++) {
      write(firstRow + local.y + ${down} * i, firstColumn + local.x + ${across} * j, ${sum});
    }
  }
`;
}

/**
 * Steps of 64 vectors of inputs go through workgroup memory as those of tiles do. An invocation has
 * one sum; at `[vector ^ output]`, those of neighbouring outputs are free of bank conflicts.
 */
const FEW_MAIN = /* wgsl */ `
var<workgroup> tileW: array<array<array<vec4<f32>, ${FEW_VECTORS}>, ${FEW_OUTPUTS}>, 2>;

@compute @workgroup_size(${FEW_VECTORS})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let firstOutput = lineOf(group, groups) * ${FEW_OUTPUTS};
  let vectors = (shape.inputs + 3) / 4;
  let row = local / ${FEW_OUTPUTS};
  let output = local % ${FEW_OUTPUTS};
  var sum = 0.0;
  var half = 1u;
  for (var first = 0u; first < vectors + ${FEW_VECTORS}; first += ${FEW_VECTORS}) {
${
  each(FEW_OUTPUTS, (o) =>
    `    let next${o} = insideW(firstOutput + ${o}, first + local, vectors);\n`)
}\
    if (first > 0 && row < shape.rows) {
      for (var vector = first - ${FEW_VECTORS}; vector < min(first, vectors); vector++) {
        let w = tileW[half][output][(vector % ${FEW_VECTORS}) ^ output];
        sum = add(sum, readX(shape.firstX + row, vector, vectors), w);
      }
    }
    half ^= 1;
${each(FEW_OUTPUTS, (o) => `    tileW[half][${o}][local ^ ${o}] = next${o};\n`)}\
    workgroupBarrier();
  }
  write(row, firstOutput + output, sum);
}
`;
