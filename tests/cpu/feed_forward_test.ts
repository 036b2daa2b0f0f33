import { assertEquals, assertThrows } from "@std/assert";
import { feedForward, linear } from "../../cpu/mod.ts";
import { Draw } from "../helpers/draw.ts";

Deno.test("feedForward() activates between two layers, and not after them", () => {
  const x = new Float32Array([2, -3]);
  const up = { weight: new Float32Array([1, -1]), bias: new Float32Array([0, 1]) };
  const down = { weight: new Float32Array([10, 1, -1, 0]), bias: new Float32Array([5, 0]) };
  const shape = { rows: 2, inputs: 1, inner: 2, outputs: 2 };
  assertEquals([...feedForward(x, up, "relu", down, shape)], [25, -2, 9, 0]);
});

Deno.test("feedForward() is two linear layers", () => {
  const draw = new Draw(1);
  const shape = { rows: 3, inputs: 5, inner: 7, outputs: 4 };
  const x = draw.normals(15);
  const up = { weight: draw.normals(35), bias: draw.normals(7) };
  const down = { weight: draw.normals(28) };
  const inner = linear(x, up.weight, up.bias, { rows: 3, inputs: 5, outputs: 7 }, "gelu");
  const expected = linear(inner, down.weight, undefined, { rows: 3, inputs: 7, outputs: 4 });
  assertEquals(feedForward(x, up, "gelu", down, shape), expected);
});

Deno.test("feedForward() refuses arrays that do not fit", () => {
  const shape = { rows: 1, inputs: 2, inner: 2, outputs: 2 };
  const [x, weight] = [2, 4].map((length) => ({ weight: new Float32Array(length) }));
  assertThrows(
    () => feedForward(x.weight, x, "relu", weight, shape),
    RangeError,
    "weight has 2 values, wanted 4",
  );
  assertThrows(
    () => feedForward(x.weight, weight, "relu", x, shape),
    RangeError,
    "weight has 2 values, wanted 4",
  );
});
