import { assertEquals } from "@std/assert";
import { activation } from "../../cpu/mod.ts";
import { type ActivationName, ACTIVATIONS } from "../../ops/activation.ts";
import { type ComparedBackends, type Step, UNIT, within } from "./compared_backends.ts";

/** How far a backend's activation of x may be off, where it is y; rounding y is added to that. */
export type ActivationBound = (name: ActivationName | undefined, x: number, y: number) => number;

/**
 * The largest slope of an activation within 1 of x: how much of its argument's error comes through.
 */
export function slope(name: ActivationName | undefined, x: number): number {
  if (name === "relu2") return 2 * Math.max(0, x + 1);
  // 1/(σ·√(2π)) with σ = 0.282095
  if (name === "laplace") return 1.42;
  return name && !name.includes("relu") && name !== "tanh" ? 1.13 : 1;
}

/** Applies each function to values of which it is finite, and compares. */
export async function checkActivations(
  backends: ComparedBackends,
  all: Float32Array,
  bound: (name: ActivationName, x: number, y: number) => number,
): Promise<void> {
  for (const name of ACTIVATIONS) {
    const { largest } = backends.numbers;
    const x = all.filter((value) =>
      name !== "relu2" || value < Math.sqrt(Math.min(largest, 2 ** 127))
    );
    await backends.compare(
      `${name} of ${x.length}`,
      (backend) => [backend.activation(backend.floats(x, [x.length]), name)],
      within((y, i) => bound(name, x[i], y)),
    );
  }
}

/** Each function around whole vectors and workgroups, and over its range. */
export async function activationCases(
  backends: ComparedBackends,
  step: Step,
  bound: ActivationBound,
): Promise<void> {
  const { largest, smallest, storable } = backends.numbers;

  await step("lies within its bound at each number of values", async () => {
    for (const count of [0, 1, 3, 4, 5, 7, 8, 9, 31, 255, 256, 257, 2000]) {
      const x = storable(backends.draw(count).map((value) => 3 * value));
      await checkActivations(backends, x, (name, x, y) => bound(name, x, y) + UNIT * Math.abs(y));
    }
  });

  await step("lies within its bound from −100 to 100", async () => {
    const x = storable(Float32Array.from({ length: 4001 }, (_, i) => (i - 2000) / 20));
    await checkActivations(
      backends,
      x,
      (name, x, y) => bound(name, x, y) + UNIT * Math.abs(y) + smallest,
    );
  });

  await step("of infinities and NaN is the reference's", async () => {
    // Half precision, which comes after single, takes none of them.
    const kinds = largest < 2 ** 127 ? backends.all.slice(0, 1) : backends.all;
    const x = new Float32Array([-Infinity, Infinity, NaN, 1, -Infinity]);
    for (const backend of kinds) {
      for (const name of ACTIVATIONS) {
        const y = await backend.activation(backend.floats(x, [5]), name).getData();
        const wanted = activation({ x }, { name });
        // All but that of 1, which is not exact.
        const edges = (values: ArrayLike<unknown>) => [0, 1, 2, 4].map((i) => values[i]);
        assertEquals(edges(y), edges(wanted), name);
      }
    }
  });
}
