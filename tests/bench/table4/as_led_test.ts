import { assertEquals, assertRejects } from "@std/assert";
import { asLed } from "../../../bench/table4/as_led.ts";
import { encodeSafetensors, MemorySource, openWeights } from "../../../checkpoint/mod.ts";

const tensor = (name: string, rows: number, first: number) => ({
  name,
  dims: [rows, 1],
  dtype: "F32" as const,
  data: Float32Array.from({ length: rows }, (_, i) => first + i),
});

const BART = new MemorySource({
  "config.json": JSON.stringify({ model_type: "bart", max_position_embeddings: 3, d_model: 1 }),
  "model.safetensors": encodeSafetensors([
    tensor("model.shared.weight", 2, 1),
    tensor("model.encoder.embed_positions.weight", 5, 10),
    tensor("model.decoder.embed_positions.weight", 5, 20),
    tensor("model.encoder.layers.0.self_attn.q_proj.weight", 1, 30),
    tensor("model.encoder.layers.0.self_attn.out_proj.bias", 1, 31),
    tensor("model.decoder.layers.0.self_attn.q_proj.weight", 1, 32),
  ]),
});

Deno.test("asLed() repeats positions, copies projections for global tokens and renames", async () => {
  const weights = await openWeights(await asLed(BART, 7, 4));
  const found: Record<string, number[]> = {};
  for (const name of weights.names()) found[name] = [...await weights.load(name)];
  const layer = "led.encoder.layers.0.self_attn";
  assertEquals(found, {
    "led.shared.weight": [1, 2],
    "led.encoder.embed_positions.weight": [12, 13, 14, 12, 13, 14, 12],
    "led.decoder.embed_positions.weight": [22, 23, 24],
    [`${layer}.longformer_self_attn.query.weight`]: [30],
    [`${layer}.longformer_self_attn.query_global.weight`]: [30],
    [`${layer}.output.bias`]: [31],
    "led.decoder.layers.0.self_attn.q_proj.weight": [32],
  });
});

Deno.test("asLed() needs a BART's config.json", async () => {
  await assertRejects(() => asLed(new MemorySource({}), 7, 4), RangeError, "config.json");
});
