import { assertEquals } from "@std/assert";
import { feedForward, linear } from "../../cpu/mod.ts";
import { Draw } from "../helpers/draw.ts";

Deno.test("feedForward() activates between two layers, and not after them", () => {
  const x = new Float32Array([2, -3]);
  const up = { weight: new Float32Array([1, -1]), bias: new Float32Array([0, 1]) };
  const down = { weight: new Float32Array([10, 1, -1, 0]), bias: new Float32Array([5, 0]) };
  const shape = { rows: 2, inputs: 1, inner: 2, outputs: 2, activation: "relu" } as const;
  assertEquals([...feedForward({ x, up, down }, shape)], [25, -2, 9, 0]);
});

Deno.test("feedForward() is two linear layers", () => {
  const draw = new Draw(1);
  const shape = { rows: 3, inputs: 5, inner: 7, outputs: 4, activation: "gelu" } as const;
  const x = draw.normals(15);
  const up = { weight: draw.normals(35), bias: draw.normals(7) };
  const down = { weight: draw.normals(28) };
  const wide = { rows: 3, inputs: 5, outputs: 7, activation: "gelu" } as const;
  const inner = linear({ x, ...up }, wide);
  const expected = linear({ x: inner, ...down }, { rows: 3, inputs: 7, outputs: 4 });
  assertEquals(feedForward({ x, up, down }, shape), expected);
});
