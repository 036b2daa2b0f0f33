/**
 * The optimizer: AdamW with clipping, as PyTorch and transformers' Trainer compute it.
 *
 * @module
 */
import type { Backend, Floats } from "../ops/backend.ts";
import type { Gradient } from "../ops/gradients/gradient_rule.ts";
import { gradientNorm } from "./gradient_norm.ts";
import { adamW } from "../ops/adam_w.ts";

/** Settings of the optimizer, with transformers' names and defaults. */
export interface AdamWOptions {
  /** `β₁`; 0.9 if absent. */
  readonly adam_beta1?: number;
  /** `β₂`; 0.999 if absent. */
  readonly adam_beta2?: number;
  /** `ε`; 1e-8 if absent. */
  readonly adam_epsilon?: number;
  /** Decay of matrices and tables; biases and the weights of norms do not decay; 0 if absent. */
  readonly weight_decay?: number;
  /** Largest norm of all gradients together; 0: any; 1 if absent. */
  readonly max_grad_norm?: number;
}

/** Moments of a parameter. */
interface Moments {
  readonly first: Floats;
  readonly second: Floats;
  /** Steps in which it had a gradient: by these the bias of the moments is corrected. */
  steps: number;
}

/** What {@linkcode AdamW.step} divides the largest norm by the norm of the gradients plus. */
const CLIP_EPSILON = 1e-6;

/**
 * AdamW over parameters on a backend: their values change in place. Moments are made with the first
 * gradient of a parameter; one without a gradient stays as it is, bit for bit.
 *
 * @example
 * ```ts
 * import { AdamW } from "@lsg/core";
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const backend = new CpuBackend();
 * const weight = backend.weight(new Float32Array([1, -1]), [1, 2]);
 * const gradient = backend.floats(new Float32Array([0.5, -0.5]), [1, 2]);
 * const optimizer = new AdamW(backend, [["weight", weight]], { max_grad_norm: 0 });
 * await optimizer.step([[weight, gradient]], 0.1);
 * const [up, down] = await weight.getData();
 * assert(Math.abs(up - 0.9) < 1e-6 && Math.abs(down + 0.9) < 1e-6);
 * ```
 */
export class AdamW {
  readonly #backend: Backend;
  readonly #names: ReadonlyMap<Floats, string>;
  readonly #options: Required<AdamWOptions>;
  readonly #moments = new Map<Floats, Moments>();
  #steps = 0;

  /**
   * Makes an optimizer.
   *
   * @param backend The backend of the parameters.
   * @param parameters The parameters with their names.
   * @param options Settings.
   */
  constructor(
    backend: Backend,
    parameters: Iterable<readonly [name: string, tensor: Floats]>,
    options: AdamWOptions = {},
  ) {
    this.#backend = backend;
    this.#names = new Map([...parameters].map(([name, tensor]) => [tensor, name]));
    const { adam_beta1 = 0.9, adam_beta2 = 0.999, adam_epsilon = 1e-8 } = options;
    const { weight_decay = 0, max_grad_norm = 1 } = options;
    this.#options = { adam_beta1, adam_beta2, adam_epsilon, weight_decay, max_grad_norm };
  }

  /** Number of steps so far. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * Makes one step.
   *
   * @param gradients The parameters that change, with their gradients.
   * @param rate The learning rate.
   * @returns The norm of all gradients before clipping.
   * @throws {RangeError} If a gradient is infinite or NaN; no parameter has changed then.
   * @throws {TypeError} If a tensor is none of the parameters, or cannot be changed in place.
   */
  async step(gradients: readonly Gradient[], rate: number): Promise<number> {
    const { adam_beta1, adam_beta2, adam_epsilon, weight_decay, max_grad_norm } = this.#options;
    const names = gradients.map(([parameter]) => {
      const name = this.#names.get(parameter);
      if (name === undefined) {
        throw new TypeError(`Cannot change a tensor of [${parameter.dims}]: it is no parameter`);
      }
      return name;
    });
    const norm = await gradientNorm(
      this.#backend,
      gradients.map(([, gradient], i) => [`${names[i]} in step ${this.#steps + 1}`, gradient]),
    );
    const factor = max_grad_norm > 0 ? Math.min(1, max_grad_norm / (norm + CLIP_EPSILON)) : 1;
    this.#steps++;
    gradients.forEach(([parameter, gradient], i) => {
      const moments = this.#momentsOf(parameter);
      const { first, second } = moments;
      this.#backend.run(adamW, parameter, gradient, first, second, {
        rate,
        decay: decays(names[i], parameter) ? weight_decay : 0,
        beta1: adam_beta1,
        beta2: adam_beta2,
        epsilon: adam_epsilon,
        step: ++moments.steps,
        factor,
      });
    });
    return norm;
  }

  /**
   * The mean of gradients and that of their squares, of each parameter that has had a gradient.
   *
   * @returns The parameter's name, both moments, which stay the optimizer's, and the steps in which it
   * had a gradient.
   */
  *moments(): Generator<readonly [name: string, first: Floats, second: Floats, steps: number]> {
    for (const [parameter, { first, second, steps }] of this.#moments) {
      yield [this.#names.get(parameter)!, first, second, steps];
    }
  }

  /**
   * Goes on from where another optimizer was: with its moments and steps the next ones are the same,
   * bit for bit.
   *
   * @param steps Number of steps so far.
   * @param moments The values of {@linkcode moments}; they replace those of these parameters. Where
   * a parameter's own steps are absent, it had a gradient in all of them.
   * @throws {RangeError} If there is no such parameter, or it has another size.
   */
  restore(
    steps: number,
    moments: Iterable<
      readonly [name: string, first: Float32Array, second: Float32Array, steps?: number]
    >,
  ): void {
    const parameters = new Map([...this.#names].map(([tensor, name]) => [name, tensor]));
    for (const [name, first, second, own = steps] of moments) {
      const parameter = parameters.get(name);
      if (first.length !== parameter?.size || second.length !== parameter.size) {
        throw new RangeError(
          `Cannot restore the moments of ${name}: got ${first.length} and ${second.length} values, ` +
            (parameter ? `wanted ${parameter.size}` : "there is no such parameter"),
        );
      }
      const old = this.#moments.get(parameter);
      // Copied: on the CPU a tensor is the array that it is made of.
      const [m, v] = [first, second].map((values) => this.#backend.like(parameter, values.slice()));
      this.#moments.set(parameter, { first: m, second: v, steps: own });
      old?.first.dispose();
      old?.second.dispose();
    }
    this.#steps = steps;
  }

  /** Disposes of the moments; the parameters are the caller's. */
  dispose(): void {
    for (const { first, second } of this.#moments.values()) {
      first.dispose();
      second.dispose();
    }
    this.#moments.clear();
  }

  #momentsOf(parameter: Floats): Moments {
    const known = this.#moments.get(parameter);
    if (known) return known;
    const [first, second] = [1, 2].map(() => this.#backend.like(parameter));
    const moments = { first, second, steps: 0 };
    this.#moments.set(parameter, moments);
    return moments;
  }
}

/**
 * Tells whether a parameter decays: all but biases and the weights of norms, which are its vectors.
 *
 * @param name Its name.
 * @param tensor Its shape.
 * @returns Whether it does.
 */
export function decays(name: string, { dims }: Pick<Floats, "dims">): boolean {
  return dims.length > 1 && !name.includes("bias");
}
