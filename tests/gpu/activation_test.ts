import { assertThrows } from "@std/assert";
import type { ActivationName } from "../../backend.ts";
import { activationBound } from "./activation_bound.ts";
import { draw, half, SMALLEST, testOnFloors, UNIT, within } from "./floors.ts";

const NAMES: readonly ActivationName[] = ["gelu", "gelu_new", "relu", "silu", "tanh"];

testOnFloors("activation()", async (floors, step) => {
  await step("lies within its bound at each number of values", async () => {
    for (const count of [0, 1, 3, 255, 256, 257, 1000]) {
      const x = draw(count).map((value) => 3 * value);
      for (const name of NAMES) {
        await floors.compare(
          `${name} of ${count}`,
          (backend) => [backend.activation(backend.floats(half(x), [count]), name)],
          within((y, i) => activationBound(name, half(x)[i], y) + UNIT * Math.abs(y)),
        );
      }
    }
  });

  await step("lies within its bound from −100 to 100", async () => {
    const x = half(Float32Array.from({ length: 4001 }, (_, i) => (i - 2000) / 20));
    for (const name of NAMES) {
      await floors.compare(
        name,
        (backend) => [backend.activation(backend.floats(x, [x.length]), name)],
        within((y, i) => activationBound(name, x[i], y) + UNIT * Math.abs(y) + SMALLEST),
      );
    }
  });

  await step("of large and small numbers is finite and right", async () => {
    const x = new Float32Array([-65504, -1e4, -0, 0, 2 ** -24, 1e4, 65504]);
    for (const name of NAMES) {
      await floors.compare(
        name,
        (backend) => [backend.activation(backend.floats(half(x), [x.length]), name)],
        within((y) => 10 * UNIT * Math.abs(y) + 2 ** -119),
      );
    }
  });

  await step("of the largest floats is finite and right", async () => {
    const [backend] = floors.all; // in float32
    const x = new Float32Array([-(2 ** 127), -1e30, 1e30, 2 ** 127]);
    for (const name of NAMES) {
      const y = backend.activation(backend.floats(x, [4]), name);
      const wanted = name === "tanh" ? [-1, -1, 1, 1] : [0, 0, x[2], x[3]];
      (await y.getData()).forEach((value, i) => {
        if (Math.abs(value - wanted[i]) <= 10 * UNIT * Math.abs(wanted[i])) return;
        throw new Error(`${name}(${x[i]}) is ${value}, wanted ${wanted[i]}`);
      });
    }
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
});
