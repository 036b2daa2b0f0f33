import { assertEquals } from "@std/assert";
import { tokenizerClass } from "../../tokenizer/all_tokenizer_classes.ts";
import { overrideSettings } from "../../tokenizer/tokenizer_class.ts";

Deno.test("tokenizerClass() uses the first file that names a known class", () => {
  const bert = tokenizerClass({ tokenizer_class: "BertTokenizerFast" }, { model_type: "roberta" });
  assertEquals(bert?.specialTokens.mask_token, "[MASK]");
  assertEquals(tokenizerClass({}, { tokenizer_class: "BertTokenizer" }), bert);
  assertEquals(tokenizerClass({}, { model_type: "xlm-roberta" })?.specialTokens.cls_token, "<s>");
  assertEquals(tokenizerClass({ tokenizer_class: "Unheard-of" }, { model_type: "bert" }), bert);
  assertEquals(tokenizerClass({}, { model_type: "other" }), undefined);
  assertEquals(tokenizerClass({}, {}), undefined);
});

Deno.test("tokenizerClass() has token types for BERT, ELECTRA and ALBERT alone", () => {
  const withTypes = ["bert", "distilbert", "electra", "albert", "camembert", "longformer"]
    .filter((model_type) => tokenizerClass({}, { model_type })?.tokenTypes);
  assertEquals(withTypes, ["bert", "electra", "albert"]);
});

Deno.test("tokenizerClass() knows the copies of BERT's and RoBERTa's classes", () => {
  const known = (tokenizer_class: string) => tokenizerClass({ tokenizer_class }, {});
  for (const name of ["MobileBert", "SqueezeBert", "ConvBert", "LayoutLM", "DPRQuestionEncoder"]) {
    assertEquals(known(`${name}Tokenizer`), known("BertTokenizer"), name);
  }
  assertEquals(known("BlenderbotTokenizer"), known("RobertaTokenizer"));
  assertEquals(known("MvpTokenizerFast")?.mask, { lstrip: true, normalized: true });
  const { specialTokens, tokenTypes } = known("MPNetTokenizer")!;
  assertEquals([specialTokens.unk_token, specialTokens.cls_token, tokenTypes], [
    "[UNK]",
    "<s>",
    false,
  ]);
  assertEquals(known("DebertaTokenizer")?.specialTokens.bos_token, "[CLS]");
  assertEquals(known("HerbertTokenizer")?.specialTokens.sep_token, "</s>");
  assertEquals(known("FunnelTokenizer")?.specialTokens.cls_token, "<cls>");
});

Deno.test("overrideSettings() overrides the settings of BERT's normalizer", () => {
  const json = { normalizer: { type: "BertNormalizer", lowercase: true, clean_text: false } };
  assertEquals(overrideSettings(json, { do_lower_case: false }, "BertNormalizer").normalizer, {
    type: "BertNormalizer",
    lowercase: false,
    clean_text: false,
    strip_accents: null,
    handle_chinese_chars: true,
  });
  assertEquals(overrideSettings(json, { do_lower_case: false }, undefined), json);
  const other = { normalizer: { type: "NFC" } };
  assertEquals(overrideSettings(other, { do_lower_case: false }, "BertNormalizer"), other);
});

Deno.test("overrideSettings() overrides add_prefix_space in both parts that have it", () => {
  const json = {
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false },
    post_processor: { type: "RobertaProcessing", add_prefix_space: false, trim_offsets: false },
  };
  const changed = overrideSettings(json, { add_prefix_space: true }, "ByteLevel");
  assertEquals(changed.pre_tokenizer, { type: "ByteLevel", add_prefix_space: true });
  assertEquals(changed.post_processor, {
    type: "RobertaProcessing",
    add_prefix_space: true,
    trim_offsets: true,
  });
});
