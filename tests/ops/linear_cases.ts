import { assertEquals } from "@std/assert";
import { type ActivationName, ACTIVATIONS } from "../../ops/activation.ts";
import { type ActivationBound, slope } from "./activation_cases.ts";
import { type ComparedBackends, type Step, UNIT, within } from "./compared_backends.ts";

/** Sizes of a layer, and what it has. */
export interface LinearCase {
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly bias?: boolean;
  readonly activation?: ActivationName;
}

/**
 * A sum of `inputs` products and a bias is off by at most `(inputs + 2)·u·Σ|x·w|`, in whatever
 * order it is added and whether or not products are rounded (Higham, Accuracy and Stability, 3.1);
 * the reference rounds once, which the 2 has room for. Zeros that fill up a tile add nothing. An
 * activation passes that on with its slope and adds its own.
 *
 * @param form How weights are held.
 */
export async function checkLinear(
  backends: ComparedBackends,
  { rows, inputs, outputs, bias, activation }: LinearCase,
  activationBound: ActivationBound,
  form: "floats" | "weight" = "floats",
): Promise<void> {
  const x = backends.draw(rows * inputs, 1);
  const weight = backends.draw(outputs * inputs, 2);
  const offsets = backends.draw(outputs, 3);
  const sums = new Float64Array(rows * outputs);
  const sizes = sums.map((_, i) => {
    const row = Math.floor(i / outputs), output = i % outputs;
    sums[i] = bias ? offsets[output] : 0;
    let size = Math.abs(sums[i]);
    for (let k = 0; k < inputs; k++) {
      const product = x[row * inputs + k] * weight[output * inputs + k];
      sums[i] += product;
      size += Math.abs(product);
    }
    return size;
  });
  await backends.compare(
    JSON.stringify({ rows, inputs, outputs, bias, activation }),
    (backend) => [backend.linear(
      backend.floats(x, [rows, inputs]),
      backend[form](weight, [outputs, inputs]),
      bias ? backend.floats(offsets, [outputs]) : undefined,
      activation,
    )],
    within((y, i) =>
      slope(activation, sums[i]) * (inputs + 2) * UNIT * sizes[i] +
      activationBound(activation, sums[i], y) + backends.numbers.smallest
    ),
  );
}

/** Layers of whatever tiles: activations, no rows, weights that are made. */
export async function linearCases(
  backends: ComparedBackends,
  step: Step,
  activationBound: ActivationBound,
): Promise<void> {
  await step("with each activation", async () => {
    for (const activation of ACTIVATIONS) {
      for (const bias of [false, true]) {
        const drawn = { rows: 7, inputs: 9, outputs: 9, bias, activation };
        await checkLinear(backends, drawn, activationBound);
      }
    }
  });

  await step("of a row, with the same bits however many rows are beside it", async () => {
    for (const [inputs, outputs] of [[9, 7], [64, 33], [516, 97]]) {
      const x = backends.draw(129 * inputs, 1);
      const weight = backends.draw(outputs * inputs, 2);
      const offsets = backends.draw(outputs, 3);
      for (const backend of backends.all) {
        const made = backend.scope(() => {
          const dims = [outputs, inputs];
          const operands = [
            [backend.weight(weight, dims), backend.floats(offsets, [outputs])],
            [backend.floats(weight, dims), undefined],
          ] as const;
          return operands.flatMap(([matrix, bias]) =>
            [129, 1, 2, 3, 4, 5, 6, 7, 8, 9, 33].map((rows) => {
              const part = backend.floats(x.slice(0, rows * inputs), [rows, inputs]);
              return backend.linear(part, matrix, bias);
            })
          );
        });
        const results = await Promise.all(made.map((y) => y.getData()));
        made.forEach((y) => y.dispose());
        results.forEach((values, i) => {
          const most = results[i - i % (results.length / 2)];
          assertEquals(values, most.slice(0, values.length), `${made[i].dims}, ${inputs} inputs`);
        });
      }
    }
  });

  await step("of nothing", async () => {
    await checkLinear(backends, { rows: 0, inputs: 4, outputs: 3, bias: true }, activationBound);
  });

  await step("with weights that an operation makes", async () => {
    await backends.compare(
      "weights + weights",
      (backend) => {
        const part = backend.floats(backends.draw(20), [1, 5, 4]);
        const weight = backend.add(part, part).reshape([5, 4]);
        return [backend.linear(backend.floats(backends.draw(12), [3, 4]), weight)];
      },
      within(() => 6 * UNIT * 64),
    );
  });
}
