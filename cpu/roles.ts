/**
 * The operands of kernels on the CPU, by role: typed arrays.
 *
 * @module
 */
import type { OperationName } from "../ops/backend.ts";
import type { Roles } from "../ops/operation.ts";
import type { OperandsOf } from "../ops/run.ts";
import type { QuantizedHeads, QuantizedWeights } from "./quantize.ts";

/** Weights of a linear layer, `[outputs, inputs]`: as floats, or quantized to integers. */
export type CpuWeight = Float32Array | QuantizedWeights;

/** Keys or values: as floats, or rounded to 8 bits. */
export type CpuMemory = Float32Array | QuantizedHeads;

/** The type of an operand by its role. */
export interface CpuRoles extends Roles {
  /** The values. */
  readonly rows: Float32Array;
  /** The values, or the integers that they stand for. */
  readonly memory: CpuMemory;
  /** The values, or the integers that they stand for. */
  readonly weight: CpuWeight;
  /** The values. */
  readonly table: Float32Array;
  /** The indices. */
  readonly indices: Int32Array;
  /** The mask. */
  readonly mask: Int32Array;
  /** The values, which the kernel changes. */
  readonly target: Float32Array;
  /** The values. */
  readonly values: Float32Array;
  /** The values, which the kernel changes. */
  readonly changed: Float32Array;
  /** Kernels return new arrays, which the backend stores here. */
  readonly result: undefined;
}

/**
 * Keys or values as floats, those that integers stand for.
 *
 * @param memory Keys or values.
 * @returns The floats.
 */
export function floatsOf(memory: CpuMemory): Float32Array {
  return memory instanceof Float32Array ? memory : memory.floats;
}

/** The operands of an operation. */
export type CpuOperands<Name extends OperationName> = OperandsOf<Name, CpuRoles>;
