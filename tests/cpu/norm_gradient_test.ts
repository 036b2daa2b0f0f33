import { assertAlmostEquals, assertEquals } from "@std/assert";
import { layerNorm, normGradient, rmsNorm } from "../../cpu/mod.ts";

const floats = (...values: number[]) => new Float32Array(values);

Deno.test("normGradient() of the rms norm of a row of one value is almost 0", () => {
  const [value] = normGradient({ dy: floats(3), x: floats(2), weight: floats(5) }, {
    width: 1,
    epsilon: 1e-12,
    name: "rms",
  });
  assertAlmostEquals(value, 0, 1e-9);
});

Deno.test("normGradient() tells how norms change", () => {
  const [dy, x, weight] = [floats(1, -2, 0.5), floats(1, 2, 4), floats(1, 3, -1)];
  const shape = { width: 3, epsilon: 0.5 };
  const bias = floats(0, 0, 0);
  const step = 2 ** -7; // differences of float32 results tell four digits
  for (const [name, norm] of [["layer", layerNorm], ["rms", rmsNorm]] as const) {
    const gradient = normGradient({ dy, x, weight }, { ...shape, name });
    for (let i = 0; i < 3; i++) {
      const [more, less] = [step, -step].map((h) => {
        const moved = x.map((value, at) => at === i ? value + h : value);
        const y = norm({ x: moved, weight, bias }, shape);
        return y.reduce((sum, value, at) => sum + dy[at] * value, 0);
      });
      assertAlmostEquals(gradient[i], (more - less) / (2 * step), 1e-4);
    }
  }
});

Deno.test("normGradient() of a layer norm adds up to 0", () => {
  const operands = { dy: floats(1, 5, -2, 3), x: floats(7, 1, 0, 4), weight: floats(1, 2, 3, 4) };
  const result = normGradient(operands, { width: 4, epsilon: 1e-5, name: "layer" });
  assertAlmostEquals(result.reduce((a, b) => a + b), 0, 1e-6);
  assertEquals(result.some((value) => Math.abs(value) > 0.1), true);
});
