import { assertEquals } from "@std/assert";
import { type Check, type ComparedBackends, type Step, UNIT } from "./compared_backends.ts";
import { adamW } from "../../ops/adam_w.ts";

/** Settings of a step, and what the products and quotients of a backend lose. */
export interface AdamWBound {
  /** Roundings of each moment, relative to the sum of its terms' magnitudes. */
  readonly moment: number;
  /** Roundings of a step, relative to itself. */
  readonly step: number;
}

const SETTINGS = { rate: 0.01, decay: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/**
 * A few steps, around vectors and workgroups. Gradients have one sign, so that nothing cancels: a
 * moment is then off relatively, by its roundings in each step, and so is the step, by those of both
 * moments; the parameter by that of each step so far and by its own roundings.
 */
export async function adamWCases(
  backends: ComparedBackends,
  step: Step,
  bound: AdamWBound,
): Promise<void> {
  await step("of three steps", async () => {
    for (const count of [1, 3, 4, 257, 1000]) {
      const parameter = backends.draw(count, 1);
      const gradients = [2, 3, 4].map((seed) => backends.draw(count, seed).map(Math.abs));
      const check: Check = (actual, expected) => {
        assertEquals(actual.length, 3);
        const moments = gradients.length * (bound.moment + 2) * UNIT;
        const steps = gradients.length * 2 * SETTINGS.rate * (2 * moments + bound.step * UNIT);
        const most = [
          (y: number) => steps + gradients.length * 3 * UNIT * (Math.abs(y) + 0.1),
          (y: number) => moments * y,
          (y: number) => 2 * moments * y,
        ];
        actual.forEach((values, r) =>
          values.forEach((value, i) => {
            const wanted = expected[r][i];
            if (Math.abs(value - wanted) <= most[r](wanted)) return;
            throw new Error(`value ${i} of result ${r} is ${value}, wanted ${wanted}`);
          })
        );
      };
      for (const kind of ["floats", "weight"] as const) {
        await backends.compare(`${count} values, ${kind}`, (on) => {
          const p = on[kind](parameter.slice(), [count, 1]);
          const [m, v] = [on.like(p), on.like(p)];
          gradients.forEach((values, i) => {
            on.run(adamW, p, on.like(p, values), m, v, { ...SETTINGS, step: i + 1, factor: 0.7 });
          });
          return [p, m, v];
        }, check);
      }
    }
  });
}
