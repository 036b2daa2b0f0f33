import { assert, assertEquals, assertThrows } from "@std/assert";
import { tokenizerFromFiles } from "../../tokenizer/mod.ts";
import { smallTokenizer } from "./small_tokenizer.ts";

/** mBART's tokenizer with a vocabulary of its own: a language's token gets the next id. */
function mbart(tokenizer_class: string, config: Record<string, unknown> = {}) {
  const pieces = ["<s>", "<pad>", "</s>", "<unk>", "a", "▁a"];
  return tokenizerFromFiles({
    tokenizerJson: {
      model: { type: "Unigram", unk_id: 3, vocab: pieces.map((piece) => [piece, 0]) },
      pre_tokenizer: { type: "Metaspace" },
      decoder: { type: "Metaspace" },
    },
    tokenizerConfig: { tokenizer_class, ...config },
  });
}

Deno.test("a language's token stands behind the text in mBART, before it in mBART-50", () => {
  for (
    const [name, wanted] of [["MBartTokenizer", "▁a </s> L"], ["MBart50Tokenizer", "L ▁a </s>"]]
  ) {
    const tokenizer = mbart(name);
    const tokens = (src_lang?: string) =>
      tokenizer.tokenize("a", { add_special_tokens: true, src_lang }).join(" ");
    assertEquals(tokenizer.src_lang, "en_XX");
    assertEquals(tokens(), wanted.replace("L", "en_XX"));
    assertEquals(tokens("de_DE"), wanted.replace("L", "de_DE"));
    // A call leaves the tokenizer as it is.
    assertEquals(tokens(), wanted.replace("L", "en_XX"));
    tokenizer.src_lang = "ro_RO";
    assertEquals([tokens(), tokenizer.src_lang], [wanted.replace("L", "ro_RO"), "ro_RO"]);
    assertEquals(tokenizer.encode("a", { add_special_tokens: false }).length, 1);
  }
});

Deno.test("languages are those of the class, and added ones", () => {
  assertEquals(mbart("MBartTokenizer").language_codes.length, 25);
  const more = {
    additional_special_tokens: ["xx_YY", "fil_PH", "<x>", "abcd_EF"],
    src_lang: "xx_YY",
  };
  const tokenizer = mbart("MBart50Tokenizer", more);
  assertEquals(tokenizer.language_codes.length, 54);
  assertEquals(tokenizer.language_codes.slice(-2), ["xx_YY", "fil_PH"]);
  assertEquals(tokenizer.tokenize("", { add_special_tokens: true }), ["xx_YY", "</s>"]);
  assertEquals(smallTokenizer().language_codes, []);
  assertEquals([smallTokenizer().src_lang, smallTokenizer().tgt_lang], [undefined, undefined]);
});

Deno.test("labels are in the target language", () => {
  const tokenizer = mbart("MBartTokenizer", { tgt_lang: "fr_XX" });
  const { input_ids, labels } = tokenizer("a", { text_target: "a a", return_tensor: false });
  const tokens = [input_ids, labels!].map((ids) => tokenizer.convert_ids_to_tokens(ids).join(" "));
  assertEquals(tokens, ["▁a </s> en_XX", "▁a ▁a </s> fr_XX"]);
  const german = tokenizer("a", { text_target: "a", tgt_lang: "de_DE" }).labels!;
  assertEquals(german.dims, [1, 3]);
  assertEquals(tokenizer.batch_decode(german), ["a</s>de_DE"]);
  assertEquals(tokenizer.tgt_lang, "fr_XX");
  assertEquals("labels" in tokenizer("a"), false);
  assertEquals(smallTokenizer()("a", { text_target: "b" }).labels!.tolist(), [[0n, 11n, 2n]]);
});

Deno.test("unknown languages are refused", () => {
  const tokenizer = mbart("MBartTokenizer");
  const refused = [
    () => tokenizer("a", { src_lang: "en" }),
    () => tokenizer("a", { src_lang: "gl_ES" }),
    () => tokenizer("a", { src_lang: "</s>" }),
    () => tokenizer("a", { text_target: "a", tgt_lang: "xx_XX" }),
    () => tokenizer._languageId("xx_XX", "tgt_lang"),
    () => tokenizer.src_lang = "__proto__",
    () => tokenizer.tgt_lang = "",
    () => mbart("MBartTokenizer", { src_lang: "xx" }),
  ];
  for (const call of refused) assertThrows(call, RangeError, "wanted one of ar_AR, cs_CZ");
  // Of the class, but not of this vocabulary.
  const { message } = assertThrows(refused[0], RangeError);
  assert(!message.includes("gl_ES"), message);
  assertThrows(() => mbart("MBartTokenizer", { tgt_lang: 5 }), TypeError, "tgt_lang 5");
  assertThrows(() => mbart("MBartTokenizer", { eos_token: null }), RangeError, "eos_token");
  assertThrows(() => tokenizer("a", { text_target: "b" }), RangeError, "without tgt_lang");
  assertThrows(() => tokenizer("a", { tgt_lang: "de_DE" }), RangeError, "wanted text_target");
  const small = smallTokenizer();
  assertThrows(() => small("a", { src_lang: "de_DE" }), RangeError, "has no languages");
  assertThrows(() => small.src_lang = "de_DE", RangeError, "has no languages");
  assertThrows(
    () => small("a", { text_target: "a", tgt_lang: "de_DE" }),
    RangeError,
    "has no languages",
  );
  assertThrows(() => small._languageId("de_DE", "tgt_lang"), RangeError, "has no languages");
  assertThrows(() => small("a", { src_lang: 5 as never }), TypeError, "src_lang");
});

Deno.test("a language that is null is absent", () => {
  const absent = { src_lang: null, tgt_lang: null, return_tensor: false } as never;
  for (const tokenizer of [smallTokenizer(), mbart("MBartTokenizer")]) {
    assertEquals(
      tokenizer("a", absent).input_ids,
      tokenizer("a", { return_tensor: false }).input_ids,
    );
    assertEquals(tokenizer.encode("a", { src_lang: null } as never), tokenizer.encode("a"));
  }
});

Deno.test("targets must match the texts", () => {
  const small = smallTokenizer();
  assertThrows(() => small("a", { text_target: ["a"] }), TypeError, "text and text_target both");
  assertThrows(() => small(["a"], { text_target: ["a", "b"] }), RangeError, "in text_target as");
  assertThrows(
    () => small("a", { text_target: "a", text_pair_target: ["b"] }),
    TypeError,
    "text_target and text_pair_target both",
  );
  assertThrows(() => small("a", { text_pair_target: "b" }), RangeError, "wanted text_target");
  assertThrows(() => small("a", { text_target: 5 as never }), TypeError, "text_target");
});
