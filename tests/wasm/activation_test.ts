import { assertThrows } from "@std/assert";
import type { ActivationName } from "../../backend.ts";
import { Random } from "../../random.ts";
import { activationBound } from "./activation_bound.ts";
import { assertSame, SMALLEST, testOnFloors, UNIT, within } from "./floors.ts";

const NAMES: readonly ActivationName[] = ["gelu", "gelu_new", "relu", "silu", "tanh"];

testOnFloors("activation()", async (floors, step) => {
  await step("lies within its bound at each number of values", async () => {
    for (const count of [1, 3, 4, 5, 7, 8, 9, 31, 2000]) {
      const x = new Random(count).normals(count).map((value) => 3 * value);
      for (const name of NAMES) {
        await floors.compare(
          `${name} of ${count}`,
          (backend) => [backend.activation(backend.floats(x, [count]), name)],
          within((y, i) => activationBound(name, x[i], y) + UNIT * Math.abs(y)),
        );
      }
    }
  });

  await step("lies within its bound from −100 to 100", async () => {
    const x = Float32Array.from({ length: 4001 }, (_, i) => (i - 2000) / 20);
    for (const name of NAMES) {
      await floors.compare(
        name,
        (backend) => [backend.activation(backend.floats(x, [x.length]), name)],
        within((y, i) => activationBound(name, x[i], y) + UNIT * Math.abs(y) + SMALLEST),
      );
    }
  });

  await step("of the largest and the smallest floats is finite and right", async () => {
    const largest = 2 ** 127;
    const x = new Float32Array([-largest, -1e30, -1e4, -0, 0, 1e-30, 1e4, 1e30, largest]);
    for (const name of NAMES) {
      await floors.compare(
        name,
        (backend) => [backend.activation(backend.floats(x, [x.length]), name)],
        within((y) => 10 * UNIT * Math.abs(y) + 2 ** -120),
      );
    }
  });

  await step("hides no NaN", async () => {
    const x = new Float32Array([NaN, NaN, NaN, NaN, NaN]);
    for (const name of NAMES) {
      await floors.compare(
        name,
        (backend) => [backend.activation(backend.floats(x, [5]), name)],
        assertSame,
      );
    }
  });

  await step("refuses a name that there is not", () => {
    for (const [, backend] of floors.all) {
      const x = backend.floats(new Float32Array(1), [1]);
      for (const name of ["swish", "toString", "__proto__"]) {
        assertThrows(() => backend.activation(x, name as ActivationName), RangeError, name);
      }
      x.dispose();
    }
  });
});
