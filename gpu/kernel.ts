/**
 * The kernels of this backend: the calls of WGSL programs that run an operation.
 *
 * @module
 */
import type { OperationName } from "../ops/backend.ts";
import type { Roles } from "../ops/operation.ts";
import type { OperandsOf, ResultOf, ShapeOf } from "../ops/run.ts";
import type { AllocateScratch } from "./machine/buffers.ts";
import type { Command } from "./machine/commands.ts";
import type { Traits } from "./machine/device.ts";
import type { GpuStorage } from "./machine/storage.ts";

/** The type of an operand by its role: the buffers that hold it. */
export interface GpuRoles extends Roles {
  readonly rows: GpuStorage;
  readonly memory: GpuStorage;
  readonly weight: GpuStorage;
  readonly table: GpuStorage;
  readonly indices: GpuStorage;
  readonly mask: GpuStorage;
  readonly target: GpuStorage;
  readonly values: GpuStorage;
  readonly changed: GpuStorage;
  readonly result: GpuStorage;
}

/** Resources that a kernel may use beside its operands. */
export interface Context extends Traits {
  /**
   * Allocates a buffer for this operation alone; operations that are recorded later may get the
   * same.
   */
  readonly allocate: AllocateScratch;
}

/**
 * A kernel: returns the calls that run an operation.
 *
 * @throws {RangeError} If a size exceeds a limit of this backend.
 */
export type GpuKernel<Name extends OperationName> = (
  operands: OperandsOf<Name, GpuRoles>,
  result: ResultOf<Name, GpuRoles>,
  shape: ShapeOf<Name>,
  context: Context,
) => Command[];
