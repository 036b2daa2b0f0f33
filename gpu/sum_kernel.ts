/**
 * Sums over a workgroup, in kernels.
 *
 * @module
 */

/** WGSL of a kernel whose invocations share sums. */
export interface Sums {
  /** The functions `sumOfAll(own)` and `largestOfAll(own)`, which all of a workgroup call. */
  readonly functions: string;
  /** Parameters of `main`, beside its own. */
  readonly parameters: string;
  /** The first statements of `main`. */
  readonly start: string;
}

/**
 * Sums over a workgroup: by halves, or by those of its subgroups, with two barriers in place of
 * one for each halving.
 *
 * @param threads Invocations of a workgroup, a power of two.
 * @param hasSubgroups Whether the device has subgroups.
 * @returns The WGSL.
 */
export function sumsOf(threads: number, hasSubgroups: boolean): Sums {
  const shared = `var<workgroup> numbers: array<f32, ${threads}>;\nvar<private> place: u32;\n`;
  const local = "  @builtin(local_invocation_index) local: u32,\n";
  if (!hasSubgroups) {
    return {
      functions: shared + byHalves("sumOfAll", threads, (a, b) => `${a} + ${b}`) +
        byHalves("largestOfAll", threads, (a, b) => `max(${a}, ${b})`),
      parameters: local,
      start: "  place = local;\n",
    };
  }
  return {
    functions: `${shared}var<private> lane: u32;\nvar<private> subgroups: u32;\n` +
      bySubgroups("sumOfAll", "subgroupAdd", (a, b) => `${a} + ${b}`) +
      bySubgroups("largestOfAll", "subgroupMax", (a, b) => `max(${a}, ${b})`),
    parameters: `${local}  @builtin(subgroup_id) subgroup: u32,
  @builtin(num_subgroups) count: u32,
  @builtin(subgroup_invocation_id) laneOf: u32,
`,
    start: "  place = subgroup;\n  lane = laneOf;\n  subgroups = count;\n",
  };
}

type Join = (a: string, b: string) => string;

function byHalves(name: string, threads: number, join: Join): string {
  return /* wgsl */ `
fn ${name}(own: f32) -> f32 {
  workgroupBarrier();
  numbers[place] = own;
  for (var half = ${threads / 2}u; half > 0; half /= 2) {
    workgroupBarrier();
    if (place < half) {
      numbers[place] = ${join("numbers[place]", "numbers[place + half]")};
    }
  }
  workgroupBarrier();
  return numbers[0];
}
`;
}

function bySubgroups(name: string, builtin: string, join: Join): string {
  return /* wgsl */ `
fn ${name}(own: f32) -> f32 {
  let joined = ${builtin}(own);
  workgroupBarrier();
  if (lane == 0) {
    numbers[place] = joined;
  }
  workgroupBarrier();
  var all = numbers[0];
  for (var i = 1u; i < subgroups; i++) {
    all = ${join("all", "numbers[i]")};
  }
  return all;
}
`;
}
