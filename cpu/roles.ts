/**
 * The operands of kernels on the CPU, by role: typed arrays.
 *
 * @module
 */
import type { OperationName } from "../ops/backend.ts";
import type { Roles } from "../ops/operation.ts";
import type { OperandsOf } from "../ops/run.ts";
import type { QuantizedWeights } from "./quantize.ts";
import type { CpuStorage } from "./storage.ts";

/** Weights of a linear layer, `[outputs, inputs]`: as floats, or quantized to integers. */
export type CpuWeight = Float32Array | QuantizedWeights;

/** The type of an operand by its role. */
export interface CpuRoles extends Roles {
  readonly rows: Float32Array;
  readonly weight: CpuWeight;
  readonly table: Float32Array;
  readonly indices: Int32Array;
  readonly mask: Int32Array;
  readonly target: Float32Array;
  /** Kernels return new arrays, which the backend stores here. */
  readonly result: CpuStorage;
}

/** The operands of an operation. */
export type CpuOperands<Name extends OperationName> = OperandsOf<Name, CpuRoles>;
