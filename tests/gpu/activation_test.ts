import { activationCases, ACTIVATIONS, checkActivations } from "../rooms/activation_cases.ts";
import { UNIT } from "../rooms/floors.ts";
import { activationBound } from "./activation_bound.ts";
import { half, testOnFloors } from "./floors.ts";

testOnFloors("activation()", async (floors, step) => {
  await activationCases(floors, step, activationBound);

  await step("of large and small numbers is finite and right", async () => {
    const x = half(new Float32Array([-65504, -1e4, -0, 0, 2 ** -24, 1e4, 65504]));
    await checkActivations(floors, x, (_, _x, y) => 10 * UNIT * Math.abs(y) + 2 ** -119);
  });

  await step("of the largest floats is finite and right", async () => {
    const [backend] = floors.all; // in float32
    const x = new Float32Array([-(2 ** 127), -1e30, 1e30, 2 ** 127]);
    for (const name of ACTIVATIONS) {
      const y = backend.activation(backend.floats(x, [4]), name);
      const wanted = name === "tanh" ? [-1, -1, 1, 1] : [0, 0, x[2], x[3]];
      (await y.getData()).forEach((value, i) => {
        if (Math.abs(value - wanted[i]) <= 10 * UNIT * Math.abs(wanted[i])) return;
        throw new Error(`${name}(${x[i]}) is ${value}, wanted ${wanted[i]}`);
      });
    }
  });
});
