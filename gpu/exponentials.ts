/**
 * Exponentials of values in groups, as a softmax divides them by their sum.
 *
 * @module
 */
import {
  type Command,
  invocations,
  type Kernel,
  line,
  MAIN,
  WORKGROUP,
} from "./machine/commands.ts";

/** WGSL: `NOTHING`, the exponent of a masked value, below all others but −∞. */
export const NOTHING = /* wgsl */ `
/** Not infinite, as differences of infinities are NaN. */
const NOTHING: f32 = -3.4e38;
/** What counts as the largest of values that are all below it, or −∞. */
const LOWEST: f32 = -3.39e38;
`;

const GROUPS = /* wgsl */ `
struct Shape {
  /** Values of a row-major matrix whose \`columns\` columns are groups. */
  values: u32,
  columns: u32,
  /** Number of all groups, or of all values. */
  count: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
`;

/** One workgroup per group. */
const TOPS: Kernel = {
  name: "exponentials tops",
  code: /* wgsl */ `${GROUPS}${NOTHING}
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> tops: array<f32>;

var<workgroup> largest: array<f32, ${WORKGROUP}>;

@compute @workgroup_size(${WORKGROUP})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let g = lineOf(group, groups);
  if (g >= shape.count) {
    return;
  }
  let first = g / shape.columns * shape.values + g % shape.columns;
  var top = NOTHING;
  for (var i = local * shape.columns; i < shape.values; i += ${WORKGROUP} * shape.columns) {
    let value = x[first + i];
    top = max(top, select(max(value, LOWEST), NOTHING, value == NOTHING));
  }
  largest[local] = top;
  for (var half = ${WORKGROUP}u / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (local < half) {
      largest[local] = max(largest[local], largest[local + half]);
    }
  }
  if (local == 0) {
    tops[g] = largest[0];
  }
}
`,
};

/** One invocation per value. */
const EXPONENTIALS: Kernel = {
  name: "exponentials",
  code: /* wgsl */ `${GROUPS}${NOTHING}
@group(0) @binding(1) var<storage, read> tops: array<f32>;
@group(0) @binding(2) var<storage, read_write> x: array<f32>;
${MAIN}
  if (i >= shape.count) {
    return;
  }
  let top = tops[i / shape.values * shape.columns + i % shape.columns];
  if (x[i] == NOTHING) {
    x[i] = 0;
  } else if (top == LOWEST) {
    x[i] = bitcast<f32>(0x7fc00000 | shape.count); // NaN: no value has a weight
  } else {
    x[i] = exp(x[i] - top);
  }
}
`,
};

/**
 * Partition of values into groups: every `values` values are a row-major matrix whose columns are
 * groups.
 */
export interface Groups {
  /** Values of a matrix. */
  readonly values: number;
  /** Columns of a matrix. */
  readonly columns: number;
}

/**
 * `exp(x − top)` in place, where `top` is the largest value of x's group, so that none overflows;
 * 0 for `NOTHING`, and for −∞ unless all values of the group are.
 *
 * @param x `count` values, in whole groups.
 * @param tops Memory for a value of each group.
 * @param count Number of values.
 * @param groups Partition of the values into groups.
 * @returns The operations.
 */
export function exponentials(
  x: GPUBuffer,
  tops: GPUBuffer,
  count: number,
  { values, columns }: Groups,
): Command[] {
  const groups = values === 0 ? 0 : count / values * columns;
  return [
    { kernel: TOPS, words: [values, columns, groups], buffers: [x, tops], groups: line(groups) },
    {
      kernel: EXPONENTIALS,
      words: [values, columns, count],
      buffers: [tops, x],
      groups: invocations(count),
    },
  ];
}

/** Exponents that are held at a time: 32 MiB. */
const MOST_EXPONENTS = 2 ** 23;

/**
 * Number of heads that are processed at a time.
 *
 * @param heads Heads of all sequences.
 * @param exponents Exponents of a head.
 * @returns At least one, if there are any.
 */
export function headsAtOnce(heads: number, exponents: number): number {
  return Math.min(heads, Math.max(1, Math.floor(MOST_EXPONENTS / Math.max(1, exponents))));
}
