import { assertEquals, assertRejects } from "@std/assert";
import { parseConfig } from "../../checkpoint/parse_config.ts";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { findSpecialTokenIds } from "../../tokenizer/special_token_ids.ts";

function find(files: Record<string, unknown>, model_type = "roberta") {
  const texts = Object.entries({ "config.json": { model_type }, ...files })
    .map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
  return findSpecialTokenIds(
    new MemorySource(Object.fromEntries(texts)),
    parseConfig({ model_type }),
  );
}

const vocab = { "<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "<mask>": 9 };

Deno.test("findSpecialTokenIds() asks tokenizer.json first, else the vocabulary", async () => {
  const files = { "vocab.json": vocab, "merges.txt": "#version: 0.2\n" };
  assertEquals(await find(files), { bos: 0, cls: 0, mask: 9 });
  const json = { added_tokens: [{ id: 7, content: "<mask>" }], model: { vocab: { "<s>": 5 } } };
  assertEquals(await find({ ...files, "tokenizer.json": json }), { bos: 5, cls: 5, mask: 7 });
  const settings = { tokenizer_class: "RobertaTokenizer", mask_token: null, cls_token: "</s>" };
  const ids = await find({ ...files, "tokenizer_config.json": settings });
  assertEquals(ids, { bos: 0, cls: 2, mask: undefined });
  const bert = await find({ "vocab.txt": "[UNK]\n[PAD]\n[CLS]\n[SEP]\n[MASK]" }, "bert");
  assertEquals(bert, { bos: undefined, cls: 2, mask: 4 });
});

Deno.test("findSpecialTokenIds() finds nothing where there is no tokenizer", async () => {
  assertEquals(await find({}), {});
  assertEquals(await find({ "vocab.json": vocab }, "bert"), {});
  await assertRejects(() => find({ "vocab.json": vocab }), RangeError, "no merges.txt");
});

Deno.test("findSpecialTokenIds() reads a SentencePiece model", async () => {
  const root = new URL("../golden/tokenizer/vocabulary/unigram/", import.meta.url);
  const name = "sentencepiece.bpe.model";
  const model_type = "xlm-roberta";
  const source = new MemorySource({
    "config.json": JSON.stringify({ model_type }),
    [name]: await Deno.readFile(new URL(name, root)),
  });
  // 420 pieces and one more in front, then the mask.
  const ids = await findSpecialTokenIds(source, parseConfig({ model_type }));
  assertEquals(ids, { bos: 0, cls: 0, mask: 421 });
});
