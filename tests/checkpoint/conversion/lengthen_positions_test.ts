import { assertEquals } from "@std/assert";
import { lengthenPositions } from "../../../checkpoint/conversion/lengthen_positions.ts";
import { MemoryWeights } from "../../../checkpoint/memory_weights.ts";
import { tinyConfig } from "../tiny_checkpoint.ts";

const NAME = "embeddings.position_embeddings.weight";
const config = tinyConfig({ max_position_embeddings: 5, hidden_size: 2 });
// Two rows before position 0, then positions 10, 20, 30.
const weights = new MemoryWeights([
  ["other", { dims: [1], data: new Float32Array([7]) }],
  [NAME, { dims: [5, 2], data: new Float32Array([1, 1, 2, 2, 10, 11, 20, 21, 30, 31]) }],
]);

async function lengthen(length: number, grouped: boolean): Promise<number[]> {
  const lengthened = await lengthenPositions(config, weights, length, grouped);
  assertEquals(lengthened.config.max_position_embeddings, length + 2);
  assertEquals(lengthened.weights.dims(NAME), [length + 2, 2]);
  assertEquals(await lengthened.weights.load("other"), new Float32Array([7]));
  return [...await lengthened.weights.load(NAME)].filter((_, i) => i % 2 === 0);
}

Deno.test("lengthenPositions() repeats the table", async () => {
  assertEquals(await lengthen(7, false), [1, 2, 10, 20, 30, 10, 20, 30, 10]);
});

Deno.test("lengthenPositions() uses the smallest groups that reach the length", async () => {
  assertEquals(await lengthen(5, true), [1, 2, 10, 10, 20, 20, 30]);
  assertEquals(await lengthen(8, true), [1, 2, 10, 10, 10, 20, 20, 20, 30, 30]);
});

Deno.test("lengthenPositions() does not change a table that is long enough", async () => {
  for (const length of [undefined, 1, 3]) {
    const same = await lengthenPositions(config, weights, length, false);
    assertEquals([same.config, same.weights], [config, weights]);
  }
});
