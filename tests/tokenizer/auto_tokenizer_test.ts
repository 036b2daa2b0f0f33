import { assertEquals, assertRejects } from "@std/assert";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { AutoTokenizer } from "../../tokenizer/auto_tokenizer.ts";
import { smallFiles } from "./small_tokenizer.ts";

const { tokenizerJson, tokenizerConfig } = smallFiles();
const json = JSON.stringify(tokenizerJson);
const config = JSON.stringify(tokenizerConfig);

Deno.test("AutoTokenizer.from_pretrained() reads a folder", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/tokenizer.json`, json);
    await Deno.writeTextFile(`${folder}/special_tokens_map.json`, config);
    const tokenizer = await AutoTokenizer.from_pretrained(folder);
    assertEquals(tokenizer.encode("ab"), [0, 12, 2]);
    assertEquals(tokenizer.mask_token_id, 4);
    assertEquals(tokenizer.model_max_length, Infinity);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("AutoTokenizer.from_pretrained() reads another source of files", async () => {
  const source = new MemorySource({ "tokenizer.json": json, "tokenizer_config.json": config });
  assertEquals((await AutoTokenizer.from_pretrained(source)).model_max_length, 8);
});

Deno.test("AutoTokenizer.from_pretrained() names the file that is missing or broken", async () => {
  const load = (files: Record<string, string>) =>
    AutoTokenizer.from_pretrained(new MemorySource(files));
  await assertRejects(() => load({}), RangeError, "it has no tokenizer.json");
  await assertRejects(() => load({ "vocab.txt": "[PAD]" }), RangeError, "save_pretrained(folder)");
  for (
    const broken of ["", "{", "<!doctype html>", "null", "[]", "5", '{"model": {}, "model": 1}']
  ) {
    await assertRejects(() => load({ "tokenizer.json": broken }), SyntaxError, "tokenizer.json");
    const files = { "tokenizer.json": json, "tokenizer_config.json": broken };
    await assertRejects(() => load(files), SyntaxError, "tokenizer_config.json");
  }
  await assertRejects(() => load({ "tokenizer.json": "{}" }), TypeError, "tokenizer.json");
});

Deno.test("AutoTokenizer.from_pretrained() uses config.json for settings that old checkpoints lack", async () => {
  const files = { "tokenizer.json": json, "config.json": '{"model_type": "roberta"}' };
  const tokenizer = await AutoTokenizer.from_pretrained(new MemorySource(files));
  assertEquals([tokenizer.mask_token, tokenizer.cls_token_id], ["<mask>", 0]);
});
