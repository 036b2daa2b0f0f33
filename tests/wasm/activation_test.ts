import { activationCases, ACTIVATIONS, checkActivations } from "../rooms/activation_cases.ts";
import { assertSame, UNIT } from "../rooms/floors.ts";
import { activationBound } from "./activation_bound.ts";
import { testOnFloors } from "./floors.ts";

testOnFloors("activation()", async (floors, step) => {
  await activationCases(floors, step, activationBound);

  await step("of the largest and the smallest floats is finite and right", async () => {
    const largest = 2 ** 127;
    const x = new Float32Array([-largest, -1e30, -1e4, -0, 0, 1e-30, 1e4, 1e30, largest]);
    await checkActivations(floors, x, (_, _x, y) => 10 * UNIT * Math.abs(y) + 2 ** -120);
  });

  await step("hides no NaN", async () => {
    const x = new Float32Array([NaN, NaN, NaN, NaN, NaN]);
    for (const name of ACTIVATIONS) {
      await floors.compare(
        name,
        (backend) => [backend.activation(backend.floats(x, [5]), name)],
        assertSame,
      );
    }
  });
});
