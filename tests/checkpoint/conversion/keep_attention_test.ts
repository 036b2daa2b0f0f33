import { assertEquals } from "@std/assert";
import { keepAttention } from "../../../checkpoint/conversion/keep_attention.ts";
import { editWeights, tinyConfig, tinyWeights } from "../tiny_checkpoint.ts";

Deno.test("keepAttention() keeps each tensor once, and those of the class alone", async () => {
  const config = tinyConfig({ architectures: ["RobertaForMaskedLM"] });
  const weights = await tinyWeights(config, "MaskedLM");
  const words = "roberta.embeddings.word_embeddings.weight";
  const table = { dims: [...weights.dims(words)], data: await weights.load(words) };
  const file = await editWeights(weights, (name) => name, [
    ["lm_head.decoder.weight", table], // tied to the table
    ["roberta.pooler.dense.weight", { dims: [4, 4], data: new Float32Array(16) }],
  ]);
  const warnings: string[] = [];
  const checkpoint = { config, weights: file, specialTokens: { mask: 4 } };
  const kept = keepAttention(checkpoint, (message) => warnings.push(message));
  assertEquals(kept.weights.names().sort(), weights.names().sort());
  for (const name of weights.names()) {
    assertEquals(await kept.weights.load(name), await weights.load(name));
  }
  assertEquals([kept.config, kept.specialTokens, warnings], [config, { mask: 4 }, []]);
});
