/**
 * What a kernel of this backend is: the calls of WGSL programs that an operation takes.
 *
 * @module
 */
import type { OperationName } from "../ops/backend.ts";
import type { Roles } from "../ops/operation.ts";
import type { OperandsOf, ResultOf, ShapeOf } from "../ops/run.ts";
import type { TakeScratch } from "./machine/buffers.ts";
import type { Command } from "./machine/commands.ts";
import type { GpuStorage } from "./machine/storage.ts";

/** The type of an operand by its role: the buffers that hold it. */
export interface GpuRoles extends Roles {
  readonly rows: GpuStorage;
  readonly weight: GpuStorage;
  readonly table: GpuStorage;
  readonly indices: GpuStorage;
  readonly mask: GpuStorage;
  readonly target: GpuStorage;
  readonly result: GpuStorage;
}

/** What a kernel may use beside its operands. */
export interface Context {
  /** Buffers for this operation alone; operations that are recorded later may have the same. */
  readonly take: TakeScratch;
  /** Whether the main processor emulates a graphics processor. */
  readonly isEmulated: boolean;
  /** Bytes of a stored float. */
  readonly floatBytes: number;
}

/**
 * A kernel: the calls that an operation takes.
 *
 * @throws {RangeError} If a size is beyond what this backend can do.
 */
export type GpuKernel<Name extends OperationName> = (
  operands: OperandsOf<Name, GpuRoles>,
  result: ResultOf<Name, GpuRoles>,
  shape: ShapeOf<Name>,
  context: Context,
) => Command[];
