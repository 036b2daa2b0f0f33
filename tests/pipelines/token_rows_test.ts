import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { encodeTexts } from "../../pipelines/token_rows.ts";
import { tokenizerFromFiles } from "../../tokenizer/mod.ts";
import { tinyTokenizer } from "../helpers/tiny_checkpoint.ts";

const tokenizer = tokenizerFromFiles({
  tokenizerJson: tinyTokenizer(),
  tokenizerConfig: { tokenizer_class: "BertTokenizer" },
});

Deno.test("encodeTexts() gives the rows of each text with each of its second texts", async () => {
  const texts = ["the house", "sea"];
  const rows = await encodeTexts(tokenizer, 64, texts, false, undefined, [["run", "left"], [
    "run",
  ]]);
  assertEquals(rows.map(({ ids }) => tokenizer.decode(ids)), [
    "[CLS] the house [SEP] run [SEP]",
    "[CLS] the house [SEP] left [SEP]",
    "[CLS] sea [SEP] run [SEP]",
  ]);
});

Deno.test("encodeTexts() names the text that it cannot take, not its row", async () => {
  const refused: [unknown[], typeof Error, string][] = [
    [["the", 7], TypeError, "text[1]"],
    [["the", "\ud800"], RangeError, "text[1]"],
    [["the", "the ".repeat(70)], RangeError, "text 1: it has 74 tokens"],
  ];
  for (const [texts, type, message] of refused) {
    const call = () =>
      encodeTexts(tokenizer, 64, texts as string[], false, undefined, texts.map(() => ["a", "b"]));
    await assertRejects(call, type, message);
  }
});

Deno.test("encodeTexts() stops between texts when its signal is aborted, also by a timer", async () => {
  const reason = new Error("no longer needed");
  const timed = new AbortController();
  setTimeout(() => timed.abort(reason), 0);
  // Work of a second or so: only a pause lets the timer run.
  const many = new Array<string>(100_000).fill("the old house");
  const error = await assertRejects(() => encodeTexts(tokenizer, 64, many, false, timed.signal));
  assertStrictEquals(error, reason);
});
