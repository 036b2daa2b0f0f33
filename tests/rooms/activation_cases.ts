import { assertThrows } from "@std/assert";
import type { ActivationName } from "../../ops/backend.ts";
import { type Floors, type Step, UNIT, within } from "./floors.ts";

/** Each function. */
export const ACTIVATIONS: readonly ActivationName[] = ["gelu", "gelu_new", "relu", "silu", "tanh"];

/** How far a floor's activation of x may be off, where it is y; its rounding comes to that. */
export type ActivationBound = (name: ActivationName | undefined, x: number, y: number) => number;

/** The largest slope of an activation: how much of its argument's error comes through. */
export function slope(name: ActivationName | undefined): number {
  return name && name !== "relu" && name !== "tanh" ? 1.13 : 1;
}

/** Applies each function to values, and compares. */
export async function checkActivations(
  floors: Floors,
  x: Float32Array,
  bound: (name: ActivationName, x: number, y: number) => number,
): Promise<void> {
  for (const name of ACTIVATIONS) {
    await floors.compare(
      `${name} of ${x.length}`,
      (backend) => [backend.activation(backend.floats(x, [x.length]), name)],
      within((y, i) => bound(name, x[i], y)),
    );
  }
}

/** Each function around whole vectors and workgroups, and over its range. */
export async function activationCases(
  floors: Floors,
  step: Step,
  bound: ActivationBound,
): Promise<void> {
  const { smallest, storable } = floors.numbers;

  await step("lies within its bound at each number of values", async () => {
    for (const count of [0, 1, 3, 4, 5, 7, 8, 9, 31, 255, 256, 257, 2000]) {
      const x = storable(floors.draw(count).map((value) => 3 * value));
      await checkActivations(floors, x, (name, x, y) => bound(name, x, y) + UNIT * Math.abs(y));
    }
  });

  await step("lies within its bound from −100 to 100", async () => {
    const x = storable(Float32Array.from({ length: 4001 }, (_, i) => (i - 2000) / 20));
    await checkActivations(
      floors,
      x,
      (name, x, y) => bound(name, x, y) + UNIT * Math.abs(y) + smallest,
    );
  });

  await step("refuses a name that there is not", () => {
    for (const backend of floors.all) {
      const x = backend.floats(new Float32Array(1), [1]);
      for (const name of ["swish", "toString", "__proto__"]) {
        assertThrows(() => backend.activation(x, name as ActivationName), RangeError, name);
      }
      x.dispose();
    }
  });
}
