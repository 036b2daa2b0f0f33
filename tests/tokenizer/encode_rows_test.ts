import { assertEquals, assertThrows } from "@std/assert";
import { encodeRows } from "../../tokenizer/encode_rows.ts";
import { resolveOptions, type TokenizerOptions } from "../../tokenizer/options.ts";
import { ALL_READERS } from "../../tokenizer/all_readers.ts";
import { readTemplate } from "../../tokenizer/read_template.ts";

/** The rows, as strings, of texts whose tokens are their digits; 9 is the special token. */
function rows(texts: string[], options: TokenizerOptions, side: "left" | "right" = "right") {
  const toTokens = (text: string) =>
    Array.from(text, (token, word) => (
      { token, id: Number(token), start: word, end: word + 1, word }
    ));
  const template = readTemplate(
    { type: "BertProcessing", cls: ["9", 9], sep: ["9", 9] },
    "",
    ALL_READERS,
  );
  return encodeRows(texts, toTokens, template, resolveOptions(options, Infinity), side, 0)
    .map((row) => row.ids.join(""));
}

Deno.test("encodeRows() does not truncate by default", () => {
  assertEquals(rows(["12345"], {}), ["9123459"]);
  assertEquals(rows(["12", "3"], { add_special_tokens: false }), ["123"]);
});

Deno.test("encodeRows() truncates on the given side", () => {
  assertEquals(rows(["12345"], { max_length: 4 }), ["9129"]);
  assertEquals(rows(["12345"], { max_length: 4 }, "left"), ["9459"]);
  assertEquals(rows(["12345"], { max_length: 2 }, "left"), ["99"]);
});

Deno.test("encodeRows() combines every window of one text with every window of the other", () => {
  const options = { max_length: 6, truncation: true, return_overflowing_tokens: true } as const;
  // Room for three: two of the longer text, one of the shorter.
  assertEquals(rows(["12345", "678"], options), [
    "912969",
    "934969",
    "934979",
    "934989",
    "95969",
    "95979",
    "95989",
    "912979",
    "912989",
  ]);
});

Deno.test("encodeRows() refuses a length that only special tokens fit", () => {
  assertThrows(() => rows(["1"], { max_length: 1 }), RangeError, "2 are special tokens");
  const windows = { max_length: 2, return_overflowing_tokens: true };
  assertThrows(() => rows(["1"], windows), RangeError, "longer max_length");
});
