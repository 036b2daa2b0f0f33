import { ALL_READERS } from "../../../tokenizer/all_readers.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { AlignedText } from "../../../tokenizer/aligned_text.ts";
import { readPreTokenizer } from "../../../tokenizer/pre_tokenizers/read_pre_tokenizer.ts";

const words = (text: string, part: unknown) =>
  readPreTokenizer(part, "pre_tokenizer of x", ALL_READERS)(new AlignedText(text)).map((word) =>
    word.text
  );

Deno.test("readPreTokenizer() splits as each type says", () => {
  const text = "it's 12, na\u00EFve_x";
  assertEquals(words(text, { type: "BertPreTokenizer" }), [
    ..."it ' s 12 , na\u00EFve _ x".split(" "),
  ]);
  assertEquals(words(text, { type: "Whitespace" }), ["it", "'", "s", "12", ",", "na\u00EFve_x"]);
  assertEquals(words(text, { type: "WhitespaceSplit" }), ["it's", "12,", "na\u00EFve_x"]);
  assertEquals(words("a12b", { type: "Digits" }), ["a", "12", "b"]);
  assertEquals(words("a12b", { type: "Digits", individual_digits: true }), ["a", "1", "2", "b"]);
  const delimiter = { type: "CharDelimiterSplit", delimiter: "-" };
  assertEquals(words("-a--b ]-", delimiter), ["a", "b ]"]);
  assertEquals(words("a]b", { ...delimiter, delimiter: "]" }), ["a", "b"]);
  assertEquals(words("ab 漢", { type: "UnicodeScripts" }), ["ab ", "漢"]);
  assertEquals(words("a b", null), ["a b"]);
});

Deno.test("readPreTokenizer() applies each step of a sequence to the pieces of the one before", () => {
  const pretokenizers = [{ type: "WhitespaceSplit" }, { type: "Metaspace" }];
  assertEquals(words("a  b", { type: "Sequence", pretokenizers }), ["▁a", "▁b"]);
});

Deno.test("readPreTokenizer() refuses other types and behaviors", () => {
  assertThrows(() => words("", { type: "Other" }), TypeError, '"Other"');
  const behavior = { type: "Punctuation", behavior: "Dropped" };
  assertThrows(() => words("", behavior), TypeError, '"Dropped"');
});

Deno.test("readPreTokenizer() refuses a delimiter that is not one character", () => {
  for (const delimiter of ["", "ab", undefined, 5]) {
    const part = { type: "CharDelimiterSplit", delimiter };
    assertThrows(() => words("a", part), TypeError, "delimiter");
  }
});
