/**
 * How an operation is differentiated: in terms of other operations. The rule of an operation is in a
 * file of its name; only training imports them.
 *
 * @module
 */
import type { Tensor } from "../../tensor/tensor.ts";
import type { AnyCall, Floats, Integers, Operation, Result } from "../operation.ts";

/** A tensor that an operation read, and the gradient of a loss by it. */
export type Gradient = readonly [operand: Floats, gradient: Floats];

/** Tells whether the gradient by a tensor is wanted; not if there is no tensor. */
export type Wants = (tensor: Floats | undefined) => boolean;

/**
 * Of how many rows of each sequence, from the first one on, the gradient by a tensor `[b, n, w]` is
 * wanted: all if `Infinity`, none if 0 or if there is no tensor.
 */
export type WantedRows = (tensor: Floats | undefined) => number;

/** What a gradient is computed from. */
export interface GradientContext<Made = Result> {
  /** Runs other operations. */
  readonly run: Run;
  /** A tensor of the same backend with the given values. */
  readonly floats: (values: Float32Array, dims: readonly number[]) => Floats;
  /** A tensor of the same backend with the given values. */
  readonly integers: (values: Int32Array, dims: readonly number[]) => Integers;
  /** Tells which gradients are wanted. */
  readonly wants: Wants;
  /** Tells of how many rows; those behind them may be anything. */
  readonly wantedRows: WantedRows;
  /**
   * The sum of the gradients by a tensor so far, zeros at first, held as the tensor is: a gradient
   * that an operation adds to it in place is the sum itself.
   */
  readonly sumOf: (tensor: Floats) => Floats;
  /** The gradient by the result; of several by name, those that something was computed from. */
  readonly upstream: Made extends Tensor ? Floats : { readonly [Name in keyof Made]?: Floats };
  /** The result, if it was kept. */
  readonly result: Made;
}

/** Runs another operation, for a gradient that is composed of operations. */
export type Run = <Call extends AnyCall>(
  operation: Operation<Call>,
  ...args: Parameters<Call>
) => ReturnType<Call>;

/**
 * The rule of an operation.
 *
 * @typeParam Described The operation.
 */
export type GradientRule<Described> = Described extends
  Operation<infer Call, infer _Operands, infer _Shape> ? RuleOf<Parameters<Call>, ReturnType<Call>>
  : never;

/** The rule of an operation with these arguments and this result. */
// deno-lint-ignore no-explicit-any -- a default for rules of any operation
export interface RuleOf<Args extends readonly any[] = any[], Made = any> {
  /**
   * The gradients by those operands that are wanted; of an operand that was passed twice, each part.
   * Absent: the operation cannot be differentiated.
   *
   * @param context The gradient by the result, and how to compute with it.
   * @param args The call's arguments; those that {@linkcode keeps} named have their values.
   */
  gradient?(
    context: GradientContext<Made>,
    ...args: Args
  ): readonly Gradient[];
  /**
   * The tensors, of the arguments and the result, that the gradient will read; absent: none.
   *
   * @param wants Which gradients will be wanted.
   * @param result The call's result.
   * @param args The call's arguments.
   */
  keeps?(
    wants: Wants,
    result: Made,
    ...args: Args
  ): readonly (Tensor | undefined)[];
  /**
   * Of how many rows of the result the gradient is wanted, if some are wanted of the operands; absent:
   * of all.
   *
   * @param wantedRows Of how many rows of each operand.
   * @param args The call's arguments.
   */
  rows?(wantedRows: WantedRows, ...args: Args): number;
  /**
   * Whether its result is computed again where another gradient needs it, from what its own gradient
   * keeps: for an operation whose result is cheaper to compute than to keep.
   */
  readonly isCheap?: boolean;
  /** Whether its result takes so long to compute that it may be kept where little else is. */
  readonly isCostly?: boolean;
  /**
   * Computes the same with operations that have gradients; absent, or if it returns undefined, the
   * operation has its own.
   */
  decompose?(run: Run, ...args: Args): Made | undefined;
}
