import { assertEquals } from "@std/assert";
import { drawParameters } from "../../../checkpoint/conversion/draw_parameters.ts";
import { Random } from "../../../tensor/random.ts";

Deno.test("drawParameters() draws weights in order, sets biases to 0 and norms to 1", async () => {
  const drawn = drawParameters(
    [
      { name: "dense.weight", dims: [2, 3] },
      { name: "dense.bias", dims: [2] },
      { name: "layer_norm.weight", dims: [2] },
      { name: "LayerNorm.weight", dims: [1] },
      { name: "layer_norm.bias", dims: [2] },
      { name: "decoder.weight", dims: [1, 2] },
    ],
    0.5,
    new Random(9),
  );
  const normals = new Random(9).normals(8).map((normal) => 0.5 * normal);
  assertEquals(drawn.dims("dense.weight"), [2, 3]);
  assertEquals(await drawn.load("dense.weight"), normals.slice(0, 6));
  assertEquals(await drawn.load("decoder.weight"), normals.slice(6));
  assertEquals(await drawn.load("dense.bias"), new Float32Array(2));
  assertEquals(await drawn.load("layer_norm.bias"), new Float32Array(2));
  assertEquals(await drawn.load("layer_norm.weight"), new Float32Array([1, 1]));
  assertEquals(await drawn.load("LayerNorm.weight"), new Float32Array([1]));
});
