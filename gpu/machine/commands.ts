/**
 * Kernels and their calls.
 *
 * @module
 */

/** A WGSL program with one entry point, `main`. */
export interface Kernel {
  /** Its name, unique for each code. */
  readonly name: string;
  /** Its code; pipelines.ts puts a shared prelude before it. */
  readonly code: string;
  /** Its code for devices with subgroups, if that is another one. */
  readonly subgroupCode?: string;
}

/** One recorded call of a kernel. */
export interface Command {
  /** The kernel. */
  readonly kernel: Kernel;
  /** Values of its override constants: sizes of tiles and other variants of the program. */
  readonly constants?: Readonly<Record<string, number>>;
  /**
   * Binding 0: sizes and offsets as 32-bit words; a uniform struct, or a read-only storage array if
   * their number is not fixed.
   */
  readonly words: readonly number[];
  /** Bindings 1 …: operands in the kernel's order, then results. */
  readonly buffers: readonly GPUBuffer[];
  /** Workgroups in each dimension. */
  readonly groups: readonly [number, number, number];
  /** Multiply-adds of a call that may take long; absent for others. */
  readonly work?: number;
}

/** Calls of a kernel that is being imported. */
export interface LateCommands {
  /** Makes them when the list before them has been submitted or is about to be. */
  make(): Promise<readonly Command[]>;
}

/** Invocations of a workgroup, unless a kernel needs another number. */
export const WORKGROUP = 256;

/**
 * Multiply-adds after which a submission ends, and of a call that can be divided: a second of a weak
 * integrated card, as drivers abort what runs for two.
 */
export const MOST_WORK = 2 ** 35;

/** As many multiply-adds in tiles as one takes whose operands both come from memory, about. */
export const UNTILED = 8;

/** Workgroups that WebGPU allows in each dimension. */
export const MOST_GROUPS = 65535;

/**
 * Lays out workgroups in one long line, folded into two dimensions if one is too short; kernels get
 * the index of their workgroup from `lineOf`.
 *
 * @param count Number of workgroups.
 * @returns Workgroups in each dimension; up to `y − 1` more than needed.
 */
export function line(count: number): [number, number, number] {
  const y = Math.ceil(count / MOST_GROUPS);
  return [y === 0 ? 0 : Math.ceil(count / y), y, 1];
}

/** Some of the values or workgroups of an operation. */
export interface Turn {
  /** The first. */
  readonly first: number;
  /** The one after the last. */
  readonly end: number;
  /** Multiply-adds of all of them. */
  readonly work: number;
}

/**
 * Divides an operation into turns that do not take too long.
 *
 * @param count Number of its values or workgroups.
 * @param work Multiply-adds of each.
 * @returns The turns; one, unless there are more than `MOST_WORK` multiply-adds.
 */
export function turnsOf(count: number, work: number): Turn[] {
  const some = Math.max(1, Math.floor(MOST_WORK / (work * WORKGROUP))) * WORKGROUP;
  const each = count * work <= MOST_WORK ? Math.max(1, count) : some;
  return Array.from({ length: Math.ceil(count / each) }, (_, i) => {
    const end = Math.min(count, (i + 1) * each);
    return { first: i * each, end, work: (end - i * each) * work };
  });
}

/**
 * The beginning of an entry point with one invocation per value, launched with {@linkcode
 * invocations} workgroups; `i` is the index of the value, past the end for some invocations.
 */
export const MAIN = /* wgsl */ `
@compute @workgroup_size(${WORKGROUP})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let i = lineOf(group, groups) * ${WORKGROUP} + local;`;

/**
 * Workgroups for kernels that begin with {@linkcode MAIN}.
 *
 * @param count Number of values.
 * @returns Workgroups in each dimension.
 */
export function invocations(count: number): [number, number, number] {
  return line(Math.ceil(count / WORKGROUP));
}

/**
 * A float as a word.
 *
 * @param value The float.
 * @returns Its bits.
 */
export function floatWord(value: number): number {
  return new Uint32Array(new Float32Array([value]).buffer)[0];
}
