import { assert, assertEquals } from "@std/assert";
import { measureItem, MORE } from "../../hosting/measure_item.ts";
import { AutoTokenizer, tokenizerFromFiles } from "../../tokenizer/mod.ts";
import type { PreTrainedTokenizer } from "../../tokenizer/mod.ts";
import { readJson } from "../tokenizer/goldens.ts";

const MOST = 100;
const book = (await Deno.readTextFile(new URL("../../demo/northanger_abbey.txt", import.meta.url)))
  .slice(0, 20_000);

const counterOf = (tokenizer: PreTrainedTokenizer) => ({
  count: (item: unknown) => tokenizer.encode(item as string).length,
});
const path = (name: string) => new URL(`../golden/${name}`, import.meta.url).pathname;
const stored = (name: string) => AutoTokenizer.from_pretrained(path(name));
const decoder = async (name: string) => {
  const { tokenizer } = await readJson(`decoders/${name}.json`) as { tokenizer: object };
  return tokenizerFromFiles({ tokenizerJson: tokenizer as Record<string, unknown> });
};

const TOKENIZERS: Readonly<Record<string, () => Promise<PreTrainedTokenizer>>> = {
  "words in pieces": () => stored("tokenizer/bert_uncased"),
  "bytes, words by an expression": () => AutoTokenizer.from_pretrained(path("../../demo/model")),
  "unigram": () => stored("tokenizer/xlm_roberta"),
  "merges over a whole text": () => decoder("prepend"),
  "metaspace": () => decoder("metaspace"),
};

for (const [name, open] of Object.entries(TOKENIZERS)) {
  Deno.test(`a long text is read from its start, which has the tokens of the whole: ${name}`, async () => {
    const tokenizer = await open();
    const counter = counterOf(tokenizer);
    for (const text of [book, book.replaceAll(" ", ""), "9".repeat(20_000), "é\n\n".repeat(7000)]) {
      const { tokens, isMore, start } = measureItem(counter, text, {}, MOST);
      const whole = tokenizer.encode(text);
      if (!isMore) assertEquals(tokens, whole.length);
      else {
        assert(whole.length > MOST && tokens > MORE * MOST && (start as string).length < 9000);
        assertEquals(tokenizer.encode(start as string).slice(0, MOST), whole.slice(0, MOST));
      }
    }
    const { isMore } = measureItem(counter, book, {}, MOST);
    assert(isMore);
  });
}

Deno.test("a long text of few tokens is not taken for one of many", async () => {
  const counter = counterOf(await stored("tokenizer/bert_uncased"));
  for (const text of [" ".repeat(50_000) + "sea", "\u0000".repeat(50_000), "a".repeat(50_000)]) {
    const { tokens, isMore, start } = measureItem(counter, text, {}, MOST);
    assertEquals([tokens, isMore], [counter.count(text), false]);
    assert(tokens < 6 && start === text, String(tokens));
  }
});

Deno.test("of megabytes only thousands of characters are read", () => {
  const read: number[] = [];
  const counter = {
    count: (item: unknown) => {
      read.push((item as string).length);
      return (item as string).length / 4;
    },
  };
  const text = "sea ".repeat(2 ** 20);
  assertEquals(measureItem(counter, text, {}, 512).isMore, true);
  assertEquals(read, [2 ** 13 - 1]);
  assertEquals(measureItem(counter, text, {}, Infinity).tokens, 2 ** 20);
});

Deno.test("of two texts one may be cut; both are given as they are", () => {
  const counter = { count: (item: unknown) => JSON.stringify(item).length };
  const [long, short] = ["sea ".repeat(9000), "a river"];
  const start = (text: string, text_pair: string) =>
    measureItem(counter, { text, text_pair }, {}, MOST).start as { text: string };
  assertEquals(start(short, long), { text: short, text_pair: "sea ".repeat(2048).trim() });
  assertEquals(start(long, long), { text: long, text_pair: long });
});
