import { assertAlmostEquals, assertEquals } from "@std/assert";
import { adamW } from "../../cpu/mod.ts";

const floats = (...values: number[]) => new Float32Array(values);

Deno.test("adamW() moves means, shrinks the parameter, and steps", () => {
  const [parameter, first, second] = [floats(2, 2), floats(1, 0), floats(4, 0)];
  const gradient = floats(6, 0);
  const numbers = { factor: 0.5, kept: 0.75, beta1: 0.5, beta2: 0.75, size: 0.5, root: 0.5 };
  adamW({ parameter, gradient, first, second }, { ...numbers, count: 2, epsilon: 1 });
  assertEquals([...first], [2, 0]);
  assertEquals([...second], [5.25, 0]);
  assertAlmostEquals(parameter[0], 1.5 - 0.5 * 2 / (Math.sqrt(5.25) / 0.5 + 1), 1e-6);
  assertEquals(parameter[1], 1.5);
  assertEquals([...gradient], [6, 0]);
});
