/**
 * What a kernel of this backend is: arguments of WebAssembly code, and how they follow from a call.
 *
 * @module
 */
import type { OperationName } from "../ops/backend.ts";
import type { Roles } from "../ops/operation.ts";
import type { OperandsOf, ResultOf, ShapeOf } from "../ops/run.ts";
import {
  type Arguments,
  type Command,
  command,
  type Definition,
  type Layout,
} from "./machine/layout.ts";
import type { Packed } from "./machine/weight.ts";

/** The type of an operand by its role: the address of its values, or packed weights. */
export interface WasmRoles extends Roles {
  readonly rows: number;
  readonly weight: Packed;
  readonly table: Packed;
  readonly indices: number;
  readonly mask: number;
  readonly target: number;
  readonly result: number;
}

/** What a kernel may use beside its operands. */
export interface Context {
  /** How many threads run the operations. */
  readonly threads: number;
  /**
   * Memory for this operation alone: operations that are recorded later may have the same, as they run
   * later.
   */
  borrow(bytes: number): number;
}

/** A kernel. */
export interface WasmKernel<Name extends OperationName, Fields extends Layout = Layout> {
  /** The code in WebAssembly and its arguments. */
  readonly definition: Definition<Fields>;
  /**
   * The calls of the code that an operation takes.
   *
   * @throws {RangeError} If a size is beyond what this backend can do.
   */
  readonly record: (
    operands: OperandsOf<Name, WasmRoles>,
    result: ResultOf<Name, WasmRoles>,
    shape: ShapeOf<Name>,
    context: Context,
  ) => readonly Command[];
}

/**
 * A kernel that is one call of its code.
 *
 * @param _name The operation.
 * @param definition The code in WebAssembly and its arguments.
 * @param argumentsOf The arguments of a call; throws a RangeError for a size that is too large.
 * @returns The kernel.
 */
export function oneCall<Name extends OperationName, Fields extends Layout>(
  _name: Name,
  definition: Definition<Fields>,
  argumentsOf: (
    operands: OperandsOf<Name, WasmRoles>,
    result: ResultOf<Name, WasmRoles>,
    shape: ShapeOf<Name>,
    context: Context,
  ) => Arguments<Fields>,
): WasmKernel<Name, Fields> {
  return {
    definition,
    record: (...call) => [command(definition, argumentsOf(...call))],
  };
}
