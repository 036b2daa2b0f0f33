/**
 * The kernels of this backend: WebAssembly code, its arguments, and how they are computed for a
 * call.
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
  type Manner,
} from "./machine/layout.ts";
import type { Packed } from "./machine/weight.ts";

/** Keys or values. */
export interface WasmMemory {
  /** Their address. */
  readonly address: number;
  /** Bytes per value: 4 for float32, 2 for float16, 1 for integers with a step for each head. */
  readonly size: 4 | 2 | 1;
}

/** Floats in whatever order they are held. */
export interface WasmValues {
  /** Their address. */
  readonly address: number;
  /** Their number, with those that fill up panels. */
  readonly count: number;
  /** Whether they are packed as weights are. */
  readonly isPacked: boolean;
}

/** The type of an operand by its role: the address of its values, or packed weights. */
export interface WasmRoles extends Roles {
  readonly rows: number;
  readonly memory: WasmMemory;
  readonly weight: Packed;
  readonly table: Packed;
  readonly indices: number;
  readonly mask: number;
  readonly target: number;
  readonly values: WasmValues;
  readonly changed: WasmValues;
  readonly result: number;
}

/** Resources that a kernel may use beside its operands. */
export interface Context {
  /** Number of threads that run the operations. */
  readonly threads: number;
  /**
   * Allocates scratch memory for this operation alone; operations that are recorded later may get
   * the same memory, as they run later.
   */
  allocate(bytes: number): number;
}

/** A kernel. */
export interface WasmKernel<Name extends OperationName, Fields extends Layout = Layout> {
  /** The code in WebAssembly and its arguments. */
  readonly definition: Definition<Fields>;
  /**
   * Records the calls of the code for an operation.
   *
   * @throws {RangeError} If a size exceeds a limit of this backend.
   */
  readonly record: (
    operands: OperandsOf<Name, WasmRoles>,
    result: ResultOf<Name, WasmRoles>,
    shape: ShapeOf<Name>,
    context: Context,
  ) => readonly Command[];
}

/**
 * Makes a kernel that is one call of its code.
 *
 * @param _name The operation.
 * @param definition The code in WebAssembly and its arguments.
 * @param argumentsOf The arguments of a call; throws a RangeError for a size that is too large.
 * @param mannerOf How a call runs beside others; absent: after all before it.
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
  mannerOf?: (
    shape: ShapeOf<Name>,
    operands: OperandsOf<Name, WasmRoles>,
    result: ResultOf<Name, WasmRoles>,
  ) => Manner,
): WasmKernel<Name, Fields> {
  return {
    definition,
    record(operands, result, shape, context) {
      const made = command(definition, argumentsOf(operands, result, shape, context));
      return [{ ...made, ...mannerOf?.(shape, operands, result) }];
    },
  };
}
