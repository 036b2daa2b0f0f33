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
 * `θ ← θ(1 − ηδ) − η/(1 − β₁ᵘ)·m / (√v/√(1 − β₂ᵘ) + ε)` with the rate `η` and the number `u` of the
 * step; parameter `θ`, gradient `g`, first `m` and second `v`, all of one shape `[…]`.
 *
 * @throws {TypeError} If the shapes differ, or two of the tensors are one.
 * @throws {RangeError} If a setting is out of range.
 *
 * @example The first step moves a value by the learning rate, whatever the size of its gradient
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { adamW } from "@lsg/core/ops";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const parameter = backend.floats(new Float32Array([1]), [1]);
 * const gradient = backend.floats(new Float32Array([0.5]), [1]);
 * const [first, second] = [backend.like(parameter), backend.like(parameter)]; // zeros
 * const settings = { rate: 0.1, decay: 0, beta1: 0.5, beta2: 0.75, epsilon: 0, step: 1 };
 * backend.run(adamW, parameter, gradient, first, second, settings);
 * assertEquals([...await first.getData()], [0.25]); // (1 − 0.5)·0.5
 * assertEquals([...await second.getData()], [0.0625]); // (1 − 0.75)·0.5²
 * assertAlmostEquals((await parameter.getData())[0], 0.9, 1e-6); // 1 − 0.1/0.5·0.25/(0.25/0.5)
 * ```
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
