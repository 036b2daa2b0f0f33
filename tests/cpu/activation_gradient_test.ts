import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { activationGradient } from "../../cpu/mod.ts";
import { type ActivationName, ACTIVATIONS } from "../../ops/activation.ts";

const one = (x: number, name: typeof ACTIVATIONS[number]) =>
  activationGradient({ dy: new Float32Array([1]), x: new Float32Array([x]) }, { name })[0];

Deno.test("activationGradient() at 0", () => {
  const half = ["gelu", "gelu_new", "silu", "quick_gelu"] as const;
  half.forEach((name) => assertEquals(one(0, name), 0.5));
  assertEquals(one(0, "tanh"), 1);
  assertEquals(one(0, "sigmoid"), 0.25);
  assertAlmostEquals(one(0, "mish"), 0.6, 1e-7); // tanh(ln 2)
});

Deno.test("activationGradient() takes the slope on the left of a corner", () => {
  assertEquals([one(0, "relu"), one(0, "relu6"), one(6, "relu6"), one(0, "relu2")], [0, 0, 0, 0]);
  assertEquals(one(0, "leaky_relu"), Math.fround(0.01));
});

Deno.test("activationGradient() is finite far from 0", () => {
  for (const name of ACTIVATIONS) {
    for (const x of [-1e30, -1e4, -100, 100, 1e4]) assert(Number.isFinite(one(x, name)), name);
  }
});

Deno.test("slopes at infinity are limits, and that of NaN is NaN", () => {
  const limits: Partial<Record<ActivationName, [number, number]>> = {
    laplace: [0, 0],
    leaky_relu: [0.01, 1],
    relu2: [0, Infinity],
    relu6: [0, 0],
    sigmoid: [0, 0],
    tanh: [0, 0],
  };
  const x = new Float32Array([-Infinity, Infinity, NaN]);
  const dy = new Float32Array([1, 1, 1]);
  for (const name of ACTIVATIONS) {
    const [left, right] = limits[name] ?? [0, 1];
    const wanted = [Math.fround(left), right, NaN];
    assertEquals([...activationGradient({ dy, x }, { name })].map((y) => y + 0), wanted, name);
  }
});
