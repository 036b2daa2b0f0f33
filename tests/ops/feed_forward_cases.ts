import type { ActivationName } from "../../ops/activation.ts";
import { activation as activate } from "../../cpu/mod.ts";
import { type ActivationBound, slope } from "./activation_cases.ts";
import { type ComparedBackends, type Step, UNIT, within } from "./compared_backends.ts";

/** Sizes of two layers, and what they have. */
export interface FeedForwardCase {
  readonly rows: number;
  readonly inputs: number;
  readonly inner: number;
  readonly outputs: number;
  readonly bias?: boolean;
  readonly activation?: ActivationName;
}

/**
 * The inner values are off by what linear_cases.ts derives, and may be stored; the second layer
 * passes that on as `Σ|w|·δ`, and its own sums add `(inner + 2)·u·Σ|w|·(|h| + δ)`.
 *
 * @param form How weights are held.
 */
export async function checkFeedForward(
  backends: ComparedBackends,
  drawn: FeedForwardCase,
  activationBound: ActivationBound,
  form: "floats" | "weight" = "floats",
): Promise<void> {
  const { rows, inputs, inner, outputs, bias = false, activation = "gelu" } = drawn;
  const x = backends.draw(rows * inputs, 1);
  const [upWeight, upBias] = [backends.draw(inner * inputs, 2), backends.draw(inner, 3)];
  const [downWeight, downBias] = [backends.draw(outputs * inner, 4), backends.draw(outputs, 5)];

  const values = new Float64Array(rows * inner);
  const errors = values.map((_, i) => {
    const row = Math.floor(i / inner), column = i % inner;
    let sum = bias ? upBias[column] : 0;
    let size = Math.abs(sum);
    for (let k = 0; k < inputs; k++) {
      const product = x[row * inputs + k] * upWeight[column * inputs + k];
      sum += product;
      size += Math.abs(product);
    }
    [values[i]] = activate({ x: new Float32Array([sum]) }, { name: activation });
    return slope(activation, sum) * (inputs + 2) * UNIT * size +
      activationBound(activation, sum, values[i]) + backends.numbers.smallest;
  });
  await backends.compare(
    JSON.stringify(drawn),
    (backend) => [backend.feedForward(
      backend.floats(x, [1, rows, inputs]),
      {
        weight: backend[form](upWeight, [inner, inputs]),
        bias: bias ? backend.floats(upBias, [inner]) : undefined,
      },
      activation,
      {
        weight: backend[form](downWeight, [outputs, inner]),
        bias: bias ? backend.floats(downBias, [outputs]) : undefined,
      },
    )],
    within((_, index, store) => {
      const row = Math.floor(index / outputs), output = index % outputs;
      let passed = 0;
      let size = bias ? Math.abs(downBias[output]) : 0;
      for (let k = 0; k < inner; k++) {
        const weight = Math.abs(downWeight[output * inner + k]);
        const value = Math.abs(values[row * inner + k]);
        const error = errors[row * inner + k];
        passed += weight * (error + store(value + error));
        size += weight * (value + error + store(value + error));
      }
      return passed + (inner + 2) * UNIT * size + backends.numbers.smallest;
    }),
  );
}

/** Layers of whatever tiles: activations, no rows. */
export async function feedForwardCases(
  backends: ComparedBackends,
  step: Step,
  activationBound: ActivationBound,
): Promise<void> {
  await step("with activations of several kinds", async () => {
    // linear() has all of them; compiling each for two layers takes long on emulated processors.
    for (const activation of ["gelu", "gelu_new", "relu", "silu", "tanh", "mish"] as const) {
      const drawn = { rows: 7, inputs: 9, inner: 9, outputs: 9, bias: true, activation };
      await checkFeedForward(backends, drawn, activationBound);
    }
  });

  await step("of nothing", async () => {
    const drawn = { rows: 0, inputs: 4, inner: 3, outputs: 2 };
    await checkFeedForward(backends, drawn, activationBound);
  });
}
