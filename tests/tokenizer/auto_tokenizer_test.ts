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
  const bert = { "vocab.txt": "[PAD]", "config.json": '{"model_type": "bert"}' };
  await assertRejects(() => load(bert), TypeError, 'vocab lacks the unk_token "[UNK]"');
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

Deno.test("AutoTokenizer.from_pretrained() names the file of the vocabulary that is missing", async () => {
  const load = (files: Record<string, string>) =>
    AutoTokenizer.from_pretrained(new MemorySource(files));
  const bart = { "config.json": '{"model_type": "bart"}' };
  const vocab = { ...bart, "vocab.json": '{"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "a": 4}' };
  await assertRejects(() => load(bart), RangeError, "no tokenizer.json and no vocab.json");
  await assertRejects(() => load(vocab), RangeError, "no tokenizer.json and no merges.txt");
  const tokenizer = await load({ ...vocab, "merges.txt": "#version: 0.2\n" });
  assertEquals(tokenizer.encode("a<mask>"), [0, 4, 5, 2]);
  const broken = { ...vocab, "merges.txt": "#version: 0.2\na b\n" };
  await assertRejects(() => load(broken), SyntaxError, "merges.txt: line 2");
  const pegasus = { "config.json": '{"model_type": "pegasus"}' };
  await assertRejects(() => load(pegasus), RangeError, "and no spiece.model");
  const page = { ...pegasus, "spiece.model": "<!doctype html>" };
  await assertRejects(() => load(page), SyntaxError, "Cannot read spiece.model");
  const other = { "config.json": '{"model_type": "gpt2"}', "vocab.json": "{}", "merges.txt": "" };
  await assertRejects(() => load(other), RangeError, "no class whose other files");
  const adapter = { "adapter_config.json": '{"base_model_name_or_path": "a/b"}' };
  await assertRejects(() => load(adapter), RangeError, 'the model that it is for, "a/b"');
});

Deno.test("AutoTokenizer.from_pretrained() chooses languages", async () => {
  const folder = "tests/golden/tokenizer/vocabulary/mbart50_saved";
  const options = { src_lang: "ro_RO", tgt_lang: "en_XX" };
  const tokenizer = await AutoTokenizer.from_pretrained(folder, options);
  assertEquals([tokenizer.src_lang, tokenizer.tgt_lang], ["ro_RO", "en_XX"]);
  assertEquals(tokenizer.tokenize("", { add_special_tokens: true }), ["ro_RO", "</s>"]);
  const load = (src_lang: string) => AutoTokenizer.from_pretrained(folder, { src_lang });
  await assertRejects(() => load("xx"), RangeError, "wanted one of");
  const roberta = "tests/golden/tokenizer/roberta";
  await assertRejects(
    () => AutoTokenizer.from_pretrained(roberta, { src_lang: "ro_RO" }),
    RangeError,
    "has no languages",
  );
});
