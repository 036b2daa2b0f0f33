import { assertEquals, assertRejects } from "@std/assert";
import { parseConfig } from "../../checkpoint/parse_config.ts";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { readSpecialTokenIds } from "../../checkpoint/special_tokens.ts";
import { tinyConfig } from "./tiny_checkpoint.ts";

const TOKENIZER = {
  added_tokens: [{ id: 0, content: "<s>" }, { id: 4, content: "<mask>" }, {
    id: 9,
    content: "[X]",
  }],
  model: { type: "BPE", vocab: { "<s>": 1, "word": 7, "<mask>": 8 } },
};

function read(
  settings?: Record<string, unknown>,
  map?: Record<string, unknown>,
  tokenizer: unknown = TOKENIZER,
) {
  const files: Record<string, string> = { "tokenizer.json": JSON.stringify(tokenizer) };
  if (settings) files["tokenizer_config.json"] = JSON.stringify(settings);
  if (map) files["special_tokens_map.json"] = JSON.stringify(map);
  return readSpecialTokenIds(new MemorySource(files), tinyConfig());
}

Deno.test("readSpecialTokenIds() takes the family's tokens if the files name none", async () => {
  assertEquals(await read(), { bos: 0, cls: 0, mask: 4 });
  assertEquals(await read({ tokenizer_class: "RobertaTokenizerFast" }), {
    bos: 0,
    cls: 0,
    mask: 4,
  });
});

Deno.test("readSpecialTokenIds() has no defaults for an unknown tokenizer class", async () => {
  const settings = { tokenizer_class: "PreTrainedTokenizerFast", mask_token: "<mask>" };
  assertEquals(await read(settings), { bos: undefined, cls: undefined, mask: 4 });
});

Deno.test("readSpecialTokenIds() takes the tokens of the tokenizer class in the files", async () => {
  const vocab = { "[CLS]": 2, "[MASK]": 3, "<s>": 0, "<mask_2>": 5 };
  const idsOf = (model_type: string, settings: Record<string, unknown>) => {
    const files = {
      "tokenizer.json": JSON.stringify({ model: { vocab } }),
      "tokenizer_config.json": JSON.stringify(settings),
    };
    return readSpecialTokenIds(new MemorySource(files), parseConfig({ model_type }));
  };
  const bert = { bos: undefined, cls: 2, mask: 3 };
  assertEquals(await idsOf("bert", {}), bert);
  assertEquals(await idsOf("distilbert", { tokenizer_class: "BertTokenizerFast" }), bert);
  assertEquals(await idsOf("camembert", { tokenizer_class: "BertTokenizer" }), bert);
  assertEquals(await idsOf("albert", {}), { bos: 2, cls: 2, mask: 3 });
  assertEquals(await idsOf("pegasus", {}), { bos: undefined, cls: undefined, mask: 5 });
});

Deno.test("readSpecialTokenIds() reads strings and objects, tokenizer_config.json first", async () => {
  const settings = { bos_token: { content: "[X]" }, cls_token: null };
  const map = { bos_token: "<s>", cls_token: "<s>", mask_token: "word" };
  assertEquals(await read(settings, map), { bos: 9, cls: undefined, mask: 7 });
});

Deno.test("readSpecialTokenIds() finds ids in a Unigram vocabulary", async () => {
  const tokenizer = { model: { vocab: [["a", 0], ["<s>", 0], ["<mask>", 0]] } };
  assertEquals(await read({}, {}, tokenizer), { bos: 1, cls: 1, mask: 2 });
});

Deno.test("readSpecialTokenIds() finds nothing without a tokenizer", async () => {
  assertEquals(await readSpecialTokenIds(new MemorySource({}), tinyConfig()), {});
});

Deno.test("readSpecialTokenIds() throws on tokens without an id", async () => {
  await assertRejects(() => read({ mask_token: "[M]" }), RangeError, 'mask_token "[M]" has no id');
  await assertRejects(() => read({ mask_token: "toString" }), RangeError, "has no id");
  await assertRejects(() => read({ mask_token: 4 }), TypeError, "mask_token must be a string");
  const named = { bos_token: "<s>" };
  const fraction = { added_tokens: [{ id: 0.5, content: "<s>" }] };
  const list = { model: { vocab: [["a", 0]] } };
  for (const tokenizer of [{ model: 1 }, fraction, list, { added_tokens: {} }]) {
    await assertRejects(() => read(named, {}, tokenizer), RangeError, "has no id");
    // A token that only the family's defaults name may be absent.
    assertEquals((await read({}, {}, tokenizer)).bos, undefined);
  }
});
