import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { cutDocuments } from "../../bench/table4/documents.ts";
import { lead } from "../../demo/baselines.ts";
import { principalSentences } from "../../demo/principal_sentences.ts";
import { rouge } from "../../cli/rouge.ts";
import { chooseSentences, writeFreely } from "../../demo/write_summary.ts";
import { AutoModelForSeq2SeqLM } from "../../generation/mod.ts";
import { AutoTokenizer } from "../../tokenizer/mod.ts";

const FOLDER = fromFileUrl(new URL("../../demo/summary_model", import.meta.url));
const BOOK = new URL("../../demo/northanger_abbey.txt", import.meta.url);

const tokenizer = await AutoTokenizer.from_pretrained(FOLDER);
const passages = cutDocuments(
  `<|document|> Jane Austen/Northanger Abbey\n${await Deno.readTextFile(BOOK)}`,
  tokenizer,
  { tokens: 512, books: 1, perBook: 6 },
);

Deno.test("chooseSentences() writes three sentences of the text, closer to the principal ones than the first three", async () => {
  using model = await AutoModelForSeq2SeqLM.from_pretrained(FOLDER, { device: "wasm" });
  let [own, first] = [0, 0];
  for (const passage of passages) {
    const { sentences, ids } = passage;
    const { text, tokens } = await chooseSentences(model, passage, tokenizer, 4);
    const chosen = [...sentences.keys()].filter((i) => text.includes(sentences[i]));
    assertEquals(chosen.map((i) => sentences[i]).join(" "), text);
    assertEquals(chosen.length, 3);
    assertEquals(tokens, chosen.reduce((sum, i) => sum + ids[i].length, 1));
    const reference = principalSentences(sentences).map((i) => sentences[i]).join(" ");
    own += rouge(text, reference).rouge1;
    first += rouge(lead(sentences), reference).rouge1;
  }
  console.log(own / 6, first / 6);
  assert(own > first, `${own / passages.length}, lead-3 ${first / passages.length}`);
});

Deno.test("writeFreely() writes up to max_length, without special tokens", async () => {
  using model = await AutoModelForSeq2SeqLM.from_pretrained(FOLDER, { device: "wasm" });
  const { text, tokens } = await writeFreely(model, passages[0], tokenizer, 1, { max_length: 12 });
  assertEquals(tokens, 11);
  assert(text.length > 0 && !text.includes("</s>"));
});
