import { assertEquals, assertThrows } from "@std/assert";
import { sinusoidalPositions, withComputedPositions } from "../../checkpoint/computed_positions.ts";
import { parseConfig } from "../../checkpoint/parse_config.ts";
import { MemoryWeights } from "../../checkpoint/memory_weights.ts";
import { FAMILIES } from "../../families/families.ts";

const NAMES = ["encoder", "decoder"].map((stack) => `${stack}.embed_positions.weight`);

function configOf(max_position_embeddings: number) {
  return parseConfig({
    model_type: "pegasus",
    d_model: 4,
    encoder_attention_heads: 1,
    decoder_attention_heads: 1,
    max_position_embeddings,
  });
}

Deno.test("sinusoidalPositions() is the formula", () => {
  const wanted = [0, 1, 2].flatMap((p) => [
    Math.sin(p),
    Math.sin(p / 100),
    Math.cos(p),
    Math.cos(p / 100),
  ]);
  assertEquals(sinusoidalPositions(3, 4), Float32Array.from(wanted));
  assertThrows(() => sinusoidalPositions(3, 5), RangeError, "wanted an even number");
});

Deno.test("withComputedPositions() adds the tables that are absent only", async () => {
  const own = new Float32Array(12).fill(7);
  const file = new MemoryWeights([[NAMES[0], { dims: [3, 4], data: own }]]);
  const weights = withComputedPositions(file, configOf(3), FAMILIES.pegasus);
  assertEquals(await weights.load(NAMES[0]), own);
  assertEquals(await weights.load(NAMES[1]), sinusoidalPositions(3, 4));
  const both = withComputedPositions(new MemoryWeights([]), configOf(5), FAMILIES.pegasus);
  for (const name of NAMES) assertEquals(await both.load(name), sinusoidalPositions(5, 4));
});

Deno.test("a config alone asks for memory in bounds", () => {
  assertThrows(
    () => withComputedPositions(new MemoryWeights([]), configOf(1e9), FAMILIES.pegasus),
    RangeError,
    "1000000000 positions, which the config asks for and the files lack: wanted at most 262144",
  );
});
