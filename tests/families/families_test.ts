import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { FAMILIES, type Family } from "../../families/families.ts";

/** Every name in a description of a layer. */
function namesIn(part: object): string[] {
  return Object.values(part).flatMap((value) => typeof value === "string" ? value : namesIn(value));
}

for (const [model_type, family] of Object.entries(FAMILIES) as [string, Family][]) {
  Deno.test(`${model_type}: no two parts of a layer have one name, nor do two layers`, () => {
    const names = namesIn(family.layer(0));
    const counts: Record<string, number> = {
      longformer: 11,
      led: 11,
      eurobert: 9,
      nomic_bert: 9,
      llama: 9,
      mistral: 9,
      qwen2: 9,
    };
    assertEquals(names.length, { ...counts, qwen3: 11 }[model_type] ?? 8);
    // One layer of GPT-NeoX, ModernBERT and NomicBERT projects all three, Phi has one norm.
    const shared = { gpt_neox: 2, modernbert: 3, nomic_bert: 2, phi: 1 }[model_type] ?? 0;
    assertEquals(new Set(names).size, names.length - shared);
    // ALBERT's layers are one and the same.
    const compare = model_type === "albert" ? assertEquals : assertNotEquals;
    compare(namesIn(family.layer(1)), names);
  });

  Deno.test(`${model_type}: only described keys are renamed or left unread`, () => {
    const { keys = {}, unread = [], defaults } = family;
    for (const key of [...Object.keys(keys), ...unread]) assert(key in defaults, key);
  });
}

Deno.test("led: what a config does not say is as in transformers' LEDConfig", () => {
  const { defaults } = FAMILIES.led;
  const { attention_window, max_position_embeddings, max_decoder_position_embeddings } = defaults;
  assertEquals(
    { attention_window, max_position_embeddings, max_decoder_position_embeddings },
    {
      attention_window: 512,
      max_position_embeddings: 16384,
      max_decoder_position_embeddings: 1024,
    },
  );
});
