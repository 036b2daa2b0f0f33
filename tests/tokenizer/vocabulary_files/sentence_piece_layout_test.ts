import { assertEquals, assertThrows } from "@std/assert";
import { pegasusSettings } from "../../../tokenizer/vocabulary_files/pegasus_tokens.ts";
import {
  albertLayout,
  pegasusLayout,
} from "../../../tokenizer/vocabulary_files/sentence_piece_layout.ts";

Deno.test("pegasusSettings() reads the offset and the mask of sentences", () => {
  assertEquals(pegasusSettings({}), { offset: 103, sentenceMask: "<mask_1>" });
  assertEquals(pegasusSettings({ offset: 0, mask_token_sent: null }), { offset: 0 });
  const mask_token_sent = { content: "<m>" };
  assertEquals(pegasusSettings({ mask_token_sent }), { offset: 103, sentenceMask: "<m>" });
  for (const offset of [-1, 1.5, 1e9, "103"]) {
    assertThrows(() => pegasusSettings({ offset }), RangeError, "offset");
  }
  assertThrows(() => pegasusSettings({ mask_token_sent: 1 }), TypeError, "mask_token_sent");
});

Deno.test("Pegasus' pieces follow 105 tokens of pretraining", () => {
  const specialTokens = { additional: [], mask_token: "<mask_2>" };
  const settings = { specialTokens, config: {} };
  const vocabulary = pegasusLayout.vocabulary([["<pad>", 0], ["</s>", 0], ["<unk>", 0]], settings);
  assertEquals(vocabulary.slice(0, 5).map(([piece]) => piece), [
    "<pad>",
    "</s>",
    "<mask_1>",
    "<mask_2>",
    "<unk_2>",
  ]);
  assertEquals(vocabulary.length, 106);
  assertEquals(vocabulary[pegasusLayout.unkId(2, settings)], ["<unk>", 0]);
});

Deno.test("ALBERT avoids pieces of a digit and a comma", () => {
  const settings = { specialTokens: { additional: [] }, config: {} };
  assertEquals(albertLayout.vocabulary([["1,", -1], [",", -1], ["a,", -1], ["1", -1]], settings), [
    ["1,", -101],
    [",", -1],
    ["a,", -1],
    ["1", -1],
  ]);
});
