/**
 * What kernels are and how they are called.
 *
 * @module
 */

/** A WGSL program with one entry point, `main`. */
export interface Kernel {
  /** Its name: one for each text. */
  readonly name: string;
  /** Its text; pipelines.ts puts what all kernels share before it. */
  readonly code: string;
}

/** One recorded call of a kernel. */
export interface Command {
  /** The kernel. */
  readonly kernel: Kernel;
  /** Values of its override constants: sizes of tiles and what else changes the program. */
  readonly constants?: Readonly<Record<string, number>>;
  /**
   * Binding 0: sizes and places as 32-bit words; a uniform struct, or a read-only storage array
   * where their number is not fixed.
   */
  readonly words: readonly number[];
  /** Bindings 1 …: operands in the order of the room's parameters, then results. */
  readonly buffers: readonly GPUBuffer[];
  /** Workgroups in each dimension. */
  readonly groups: readonly [number, number, number];
}

/** Invocations of a workgroup where nothing asks for another number. */
export const WORKGROUP = 256;

/** Workgroups that WebGPU allows in each dimension. */
export const MOST_GROUPS = 65535;

/**
 * Workgroups in one long line, folded into two dimensions where one is too short; kernels get the
 * number of theirs from `lineOf`.
 *
 * @param count How many workgroups.
 * @returns Workgroups in each dimension; up to `y − 1` of them are too many.
 */
export function line(count: number): [number, number, number] {
  const y = Math.ceil(count / MOST_GROUPS);
  return [y === 0 ? 0 : Math.ceil(count / y), y, 1];
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
