import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { tokenizerFromFiles } from "../../tokenizer/tokenizer_from_files.ts";
import { smallFiles, smallTokenizer } from "./small_tokenizer.ts";

Deno.test("tokenizerFromFiles() encodes unknown bytes as the unknown token", () => {
  const tokenizer = smallTokenizer();
  assertEquals(tokenizer.encode("ab a"), [0, 12, 13, 10, 2]);
  assertEquals(tokenizer.encode("aé"), [0, 10, 3, 3, 2]);
});

Deno.test("tokenizerFromFiles() aligns unknown tokens, one by one and fused", () => {
  const { model } = smallFiles().tokenizerJson as { model: object };
  for (
    const [fuse_unk, wanted] of [[false, [0, 1, 1, 2, 1, 2, 2, 3]], [true, [0, 1, 1, 2, 2, 3]]]
  ) {
    const tokenizer = smallTokenizer({ model: { ...model, fuse_unk } });
    const { offset_mapping } = tokenizer("aéb", {
      return_tensor: false,
      return_offsets_mapping: true,
      add_special_tokens: false,
    });
    assertEquals(offset_mapping!.flat(), wanted);
  }
});

Deno.test("tokenizerFromFiles() refuses malformed and unknown parts", () => {
  for (
    const [key, value] of Object.entries({
      model: undefined,
      normalizer: { type: "Other" },
      pre_tokenizer: { type: "Other" },
      decoder: { type: "Other" },
      added_tokens: {},
      post_processor: { type: "Other" },
    })
  ) {
    assertThrows(() => smallTokenizer({ [key]: value }), TypeError, "tokenizer.json");
  }
  for (const key of ["model", "normalizer", "pre_tokenizer", "decoder", "post_processor"]) {
    const unknown = { type: "Unheard-of" };
    const error = assertThrows(() => smallTokenizer({ [key]: unknown }), TypeError, "Unheard-of");
    assertStringIncludes(error.message, `${key} of tokenizer.json`);
  }
  assertThrows(() => smallTokenizer({ added_tokens: [{ id: 0 }] }), TypeError, "added_tokens");
  const huge = { added_tokens: [{ id: 4e9, content: "x" }] };
  assertThrows(() => smallTokenizer(huge), RangeError, "4000000000");
});

Deno.test("tokenizerFromFiles() gives a special token that the vocabulary lacks the next id", () => {
  // The small vocabulary has 8 tokens, of ids up to 13: Python's next id, 8, is free.
  const tokenizer = smallTokenizer({}, {
    mask_token: "[MASK]",
    additional_special_tokens: ["<x>"],
    added_tokens_decoder: { "99": { content: "<y>", lstrip: true } },
  });
  assertEquals(tokenizer.encode("a <y>[MASK]<x>", { add_special_tokens: false }), [10, 8, 9, 14]);
  assertEquals(tokenizer.mask_token_id, 9);
  assertEquals(tokenizer.decode([8, 9, 14], { skip_special_tokens: true }), "<y>");
});

Deno.test("tokenizerFromFiles() refuses malformed tokens of the config", () => {
  for (
    const added_tokens_decoder of [
      [],
      "x",
      { "5": "x" },
      { "5": {} },
      { "5": { content: "x", lstrip: 1 } },
    ]
  ) {
    assertThrows(() => smallTokenizer({}, { added_tokens_decoder }), TypeError, "added_tokens_dec");
  }
  const far = { added_tokens_decoder: { "99999999999": { content: "x" } } };
  assertThrows(() => smallTokenizer({}, far), RangeError, "99999999999");
});

Deno.test("tokenizerFromFiles() does not modify Object.prototype", () => {
  const json = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"p": 1}}}');
  smallTokenizer(json, json);
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
  assertEquals(({} as Record<string, unknown>).p, undefined);
});

Deno.test("tokenizerFromFiles() takes sides and padding token of tokenizer.json that the config lacks", () => {
  // As transformers 4.36 and 5.24.
  const model = { type: "WordLevel", unk_token: "u", vocab: { p: 0, u: 1, a: 2, b: 3, q: 4 } };
  const tokenizerJson = {
    model,
    pre_tokenizer: { type: "WhitespaceSplit" },
    padding: { strategy: "BatchLongest", direction: "Left", pad_id: 4, pad_token: "q" },
    truncation: { direction: "Left", max_length: 9, strategy: "LongestFirst", stride: 0 },
  };
  const rows = (tokenizerConfig: object) => {
    const tokenizer = tokenizerFromFiles({
      tokenizerJson,
      tokenizerConfig: { ...tokenizerConfig },
    });
    const options = {
      padding: true,
      truncation: true,
      max_length: 2,
      return_tensor: false,
    } as const;
    return tokenizer(["a b a", "b"], options).input_ids;
  };
  assertEquals(rows({}), [[3, 2], [4, 3]]);
  const sides = { padding_side: "right", truncation_side: "right" };
  assertEquals(rows({ pad_token: "p", ...sides }), [[2, 3], [3, 0]]);
});
