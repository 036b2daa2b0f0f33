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

/** `x·Wᵀ + bias`, then the activation: x `[…, in]`, weight `[out, in]`, bias `[out]` → `[…, out]`. */
export const linear: Operation<
  (x: Floats, weight: Floats, bias?: Floats, activation?: ActivationName) => Floats,
  { readonly x: Operand<"rows"> } & DenseOperands,
  LinearShape
> = {
  name: "linear",
  plan(x, matrix, bias, name) {
    expectActivation(name);
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
 * @param dense The weights.
 * @param inputs Columns that the matrix must have.
 * @returns The operands.
 * @throws {TypeError} If the shapes do not fit each other.
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
