/** The result of a valid call of each operation, and the calls that are refused. */
import type { AllCalls, Backend, Floats, Integers, OperationName } from "../../ops/backend.ts";
import type { ShapeOf } from "../../ops/run.ts";

/** Makes operands on a backend. */
export class Operands {
  constructor(readonly backend: Backend) {}

  /** Floats of that shape. */
  rows(...dims: number[]): Floats {
    return this.backend.floats(new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(1), dims);
  }

  /** Integers, in one sequence unless dimensions are given. */
  integers(values: number[], dims: number[] = [1, values.length]): Integers {
    return this.backend.integers(new Int32Array(values), dims);
  }

  /** A mask that hides nothing. */
  ones(...dims: number[]): Integers {
    return this.integers(new Array(dims.reduce((a, b) => a * b, 1)).fill(1), dims);
  }

  /** `[1, 1]` integers that an operation made. */
  made(): Integers {
    const x = this.rows(1, 1, 1);
    const shape = { heads: 1, first: 0, tokens: 1, block: 1, factor: 1, chunk: 1 };
    return this.backend.selectStride(x, x, this.ones(1, 1), shape).mask.reshape([1, 1]);
  }
}

/** The arguments of an operation. */
export type Arguments<Name extends OperationName> = Readonly<Parameters<AllCalls[Name]>>;

/** A call that is refused: its arguments, the class of the error and a part of its message. */
export type Refused<Name extends OperationName> = readonly [
  Arguments<Name>,
  typeof TypeError | typeof RangeError,
  string,
];

/** A valid call of an operation, and calls that are refused. */
export interface Case<Name extends OperationName> {
  /** The arguments of a valid call. */
  readonly args: (make: Operands) => Arguments<Name>;
  /** Its sizes and settings. */
  readonly shape: ShapeOf<Name>;
  /** The dimensions of its result, or of each tensor of it by name; undefined if it has none. */
  readonly dims: readonly number[] | Readonly<Record<string, readonly number[]>> | undefined;
  /** Calls that are refused. */
  readonly refused: (make: Operands) => readonly Refused<Name>[];
}

/** A case for each of some operations. */
export type Plans<Names extends OperationName = OperationName> = {
  readonly [Name in Names]: Case<Name>;
};
