/**
 * A step of AdamW.
 *
 * @module
 */
import { expectDims, isFloat, product } from "./checks.ts";
import { changed, type Floats, type Operand, type Operation, values } from "./operation.ts";

/** Settings of a step. */
export interface AdamWSettings {
  /** The learning rate. */
  readonly rate: number;
  /** `δ`: before the step, the parameter shrinks by `rate·δ` of itself. */
  readonly decay: number;
  /** `β₁`, of the mean of gradients. */
  readonly beta1: number;
  /** `β₂`, of the mean of squared gradients. */
  readonly beta2: number;
  /** `ε`. */
  readonly epsilon: number;
  /** The number of the step, from 1. */
  readonly step: number;
  /** Factor of the gradient, as clipping gives it; absent: 1. */
  readonly factor?: number;
}

/** Sizes and numbers of a step, of float64. */
export interface AdamWShape {
  /** Number of values. */
  readonly count: number;
  /** Factor of the gradient. */
  readonly factor: number;
  /** `1 − rate·δ`. */
  readonly kept: number;
  /** `β₁`. */
  readonly beta1: number;
  /** `β₂`. */
  readonly beta2: number;
  /** `rate / (1 − β₁ᵘ)`. */
  readonly size: number;
  /** `√(1 − β₂ᵘ)`. */
  readonly root: number;
  /** `ε`. */
  readonly epsilon: number;
}

/**
 * AdamW in place (Loshchilov and Hutter, Decoupled Weight Decay Regularization, as PyTorch orders
 * it): `m ← β₁m + (1 − β₁)g`, `v ← β₂v + (1 − β₂)g²`,
 * `θ ← θ(1 − ηδ) − η/(1 − β₁ᵘ)·m / (√v/√(1 − β₂ᵘ) + ε)`; parameter, gradient, first and second of one
 * shape.
 */
export const adamW: Operation<
  (
    parameter: Floats,
    gradient: Floats,
    first: Floats,
    second: Floats,
    settings: AdamWSettings,
  ) => void,
  {
    readonly parameter: Operand<"changed">;
    readonly gradient: Operand<"values">;
    readonly first: Operand<"changed">;
    readonly second: Operand<"changed">;
  },
  AdamWShape
> = {
  name: "adamW",
  plan(parameter, gradient, first, second, settings) {
    const { rate, decay, beta1, beta2, epsilon, step, factor = 1 } = settings;
    expectDims("adamW", "gradient", gradient, parameter.dims);
    expectDims("adamW", "first", first, parameter.dims);
    expectDims("adamW", "second", second, parameter.dims);
    const storages = [parameter, gradient, first, second].map(({ storage }) => storage);
    if (new Set(storages).size < 4) {
      throw new TypeError("adamW: got a tensor twice, wanted four of their own memory");
    }
    const isShare = (beta: number) => beta >= 0 && beta < 1;
    const numbers = [rate, decay, epsilon, factor];
    if (
      !isShare(beta1) || !isShare(beta2) || !numbers.every((value) => isFloat(value) && value >= 0)
    ) {
      throw new RangeError(
        `adamW: got rate ${rate}, decay ${decay}, betas ${beta1} and ${beta2}, epsilon ${epsilon} ` +
          `and factor ${factor}, wanted numbers ≥ 0, betas below 1`,
      );
    }
    if (!Number.isInteger(step) || step < 1) {
      throw new RangeError(`adamW: step ${step}, wanted a whole number ≥ 1`);
    }
    return {
      operands: {
        parameter: changed(parameter),
        gradient: values(gradient),
        first: changed(first),
        second: changed(second),
      },
      shape: {
        count: product(parameter.dims),
        factor,
        kept: 1 - rate * decay,
        beta1,
        beta2,
        size: rate / (1 - beta1 ** step),
        root: Math.sqrt(1 - beta2 ** step),
        epsilon,
      },
      result: undefined,
    };
  },
};
