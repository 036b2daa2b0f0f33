/**
 * Linear layer.
 *
 * @module
 */
import { type ActivationName, expectActivation } from "./activation_name.ts";
import { expectDims, product } from "./checks.ts";
import { type Floats, floats, type Operand, type Operation, rows, weight } from "./operation.ts";

/** Weights of a linear layer. */
export interface Dense {
  /** `[out, in]`. */
  readonly weight: Floats;
  /** `[out]`. */
  readonly bias?: Floats;
}

/** Operands of these weights. */
export interface DenseOperands {
  /** `[out, in]`. */
  readonly weight: Operand<"weight">;
  /** `[out]`. */
  readonly bias?: Operand<"rows">;
}

/** Sizes and settings of a linear layer. */
export interface LinearShape {
  /** Rows of x: the product of all its dimensions but the last. */
  readonly rows: number;
  /** Width of a row of x. */
  readonly inputs: number;
  /** Width of a row of the result. */
  readonly outputs: number;
  /** Applied to each value of the result. */
  readonly activation?: ActivationName;
}

/**
 * `x·Wᵀ + bias`, then the activation: x `[…, in]`, weight `[out, in]`, bias `[out]` → `[…, out]`.
 *
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If the activation does not exist.
 *
 * @example
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { linear } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const x = backend.floats(new Float32Array([1, 2]), [1, 2]);
 * const weight = backend.weight(new Float32Array([1, 10, 0, -1]), [2, 2]);
 * const bias = backend.floats(new Float32Array([100, 0]), [2]);
 * assertEquals([...await backend.run(linear, x, weight, bias).getData()], [121, -2]);
 * assertEquals([...await backend.run(linear, x, weight, bias, "relu").getData()], [121, 0]);
 * ```
 */
export const linear: Operation<
  (x: Floats, weight: Floats, bias?: Floats, activation?: ActivationName) => Floats,
  { readonly x: Operand<"rows"> } & DenseOperands,
  LinearShape
> = {
  name: "linear",
  plan(x, matrix, bias, name) {
    if (name !== undefined) expectActivation(name);
    const outer = x.dims.slice(0, -1);
    const inputs = x.dims[x.dims.length - 1];
    const [outputs] = matrix.dims;
    return {
      operands: {
        x: rows(x),
        ...denseOperands("linear", "weight", "bias", { weight: matrix, bias }, inputs),
      },
      shape: { rows: product(outer), inputs, outputs, activation: name },
      result: floats([...outer, outputs]),
    };
  },
};

/**
 * Checks the weights of a linear layer and gives them their roles.
 *
 * @param operation The operation, for messages.
 * @param weightName The matrix's name, for messages.
 * @param biasName The bias's name, for messages.
 * @param dense The weights: matrix `[out, in]` and bias `[out]`.
 * @param inputs Columns that the matrix must have.
 * @returns The operands.
 * @throws {TypeError} If the shapes do not fit each other.
 *
 * @example
 * ```ts
 * import { Tensor } from "@lsg/core";
 * import { denseOperands } from "@lsg/core/ops";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const dense = { weight: new Tensor("float32", [1, 2, 3, 4, 5, 6], [3, 2]) };
 * const operands = denseOperands("gate", "weight", "bias", dense, 2);
 * assertEquals([operands.weight.role, operands.bias], ["weight", undefined]);
 * const check = () => denseOperands("gate", "weight", "bias", dense, 4);
 * assertThrows(check, TypeError, "gate: weight has the shape [3,2], wanted [3,4]");
 * ```
 */
export function denseOperands(
  operation: string,
  weightName: string,
  biasName: string,
  { weight: matrix, bias }: Dense,
  inputs: number,
): DenseOperands {
  const [outputs] = matrix.dims;
  expectDims(operation, weightName, matrix, [outputs, inputs]);
  if (bias) expectDims(operation, biasName, bias, [outputs]);
  return { weight: weight(matrix), bias: bias && rows(bias) };
}
