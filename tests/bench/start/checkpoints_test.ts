import { assert, assertEquals } from "@std/assert";
import { writeBert, writeLlamaTokenizer } from "../../../bench/start/checkpoints.ts";
import { AutoTokenizer, pipeline } from "../../../mod.ts";

Deno.test("writeBert() writes a model that embeds", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await writeBert(folder, { vocab_size: 200, hidden_size: 24, num_hidden_layers: 1 });
    using embed = await pipeline("feature-extraction", folder, { device: "wasm", threads: 1 });
    const { dims, data } = await embed("abc zz");
    assertEquals(dims.at(-1), 24);
    assert(data.some((value: number) => value !== 0));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("writeLlamaTokenizer() writes two merges a token, of which texts are made", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await writeLlamaTokenizer(folder, { words: 2000, special: 3 });
    const { model } = JSON.parse(await Deno.readTextFile(`${folder}/tokenizer.json`));
    assert(model.merges.length > 2000);
    const tokenizer = await AutoTokenizer.from_pretrained(folder);
    const text = "Straße 123 😀\n<|reserved_special_token_1|>";
    const ids = tokenizer.encode(text);
    assertEquals(tokenizer.decode(ids), text);
    assertEquals(ids.at(-1), 2001);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
