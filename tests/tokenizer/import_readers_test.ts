import { assert, assertEquals, assertRejects } from "@std/assert";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { ALL_READERS } from "../../tokenizer/all_readers.ts";
import { AutoTokenizer } from "../../tokenizer/auto_tokenizer.ts";
import { importReaders } from "../../tokenizer/import_readers.ts";

Deno.test("importReaders() imports what a tokenizer.json asks for, and nothing else", async () => {
  const readers = await importReaders({
    model: { vocab: {} },
    normalizer: {
      type: "Sequence",
      normalizers: [{ type: "Replace", pattern: { Regex: " +" } }, { type: "NFKC" }],
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    decoder: { type: "Unigram-like" },
  });
  const names = ["Regex", "WordPiece", "parts"] as const;
  assertEquals(Object.keys(readers).sort(), names);
  for (const name of names) assert(readers[name] === ALL_READERS[name], name);
});

Deno.test("byte-level BPE needs no reader", async () => {
  const part = { type: "ByteLevel" };
  const parts = { pre_tokenizer: part, decoder: part, normalizer: null };
  assertEquals(await importReaders({ model: { type: "BPE" }, ...parts }), {});
  for (const changed of [{ normalizer: { type: "NFC" } }, { pre_tokenizer: 5 }, { decoder: {} }]) {
    const readers = await importReaders({ model: { type: "BPE" }, ...parts, ...changed });
    assertEquals(Object.keys(readers), ["parts"]);
  }
});

Deno.test("importReaders() finds each reader by a type", async () => {
  const found = await Promise.all(
    [
      ...["Unigram", "WordLevel", "WordPiece"].map((type) => ({ model: { type } })),
      { pre_tokenizer: { type: "UnicodeScripts" } },
      { decoder: [{ inner: { Regex: "a" } }] },
      { post_processor: { type: "TemplateProcessing" } },
    ].map(importReaders),
  );
  const names = [...new Set(found.flatMap(Object.keys))];
  assertEquals(names.sort(), Object.keys(ALL_READERS).sort());
});

Deno.test("a malformed tokenizer.json fails as it is read, not as readers are imported", async () => {
  for (const model of [null, 7, "BPE", { type: "toString" }, { type: ["BPE"] }]) {
    const { parts } = ALL_READERS;
    assertEquals(await importReaders({ model, normalizer: [null, 1, "NFC"] }), { parts });
    const source = new MemorySource({ "tokenizer.json": JSON.stringify({ model }) });
    await assertRejects(
      () => AutoTokenizer.from_pretrained(source),
      TypeError,
      "Cannot read model",
    );
  }
});
