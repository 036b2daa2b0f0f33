import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { readPassage } from "../../demo/passage.ts";
import { principalSentences } from "../../demo/principal_sentences.ts";
import { rouge } from "../../demo/rouge.ts";
import { chooseSentences, writeFreely } from "../../demo/write_summary.ts";
import { lead } from "../../demo/baselines.ts";
import { AutoModelForSeq2SeqLM } from "../../generation/mod.ts";
import { AutoTokenizer } from "../../tokenizer/mod.ts";

const FOLDER = fromFileUrl(new URL("../../demo/summary_model", import.meta.url));
const BOOK = new URL("../../demo/northanger_abbey.txt", import.meta.url);

const tokenizer = await AutoTokenizer.from_pretrained(FOLDER);
const passage = readPassage(await Deno.readTextFile(BOOK), tokenizer, 512);

Deno.test("chooseSentences() writes three sentences of the text, closer to the principal ones than the first three", async () => {
  using model = await AutoModelForSeq2SeqLM.from_pretrained(FOLDER, { device: "wasm" });
  const { text, tokens } = await chooseSentences(model, passage, tokenizer, 4);
  const chosen = passage.sentences.filter((sentence) => text.includes(sentence));
  assertEquals(chosen.join(" "), text);
  assertEquals(chosen.length, 3);
  const ids = chosen.map((sentence) => passage.ids[passage.sentences.indexOf(sentence)].length);
  assertEquals(tokens, ids.reduce((a, b) => a + b) + 1);
  const reference = principalSentences(passage.sentences).map((i) => passage.sentences[i]).join(
    " ",
  );
  assert(rouge(text, reference).rouge1 > rouge(lead(passage.sentences), reference).rouge1);
});

Deno.test("writeFreely() writes up to max_length, without special tokens", async () => {
  using model = await AutoModelForSeq2SeqLM.from_pretrained(FOLDER, { device: "wasm" });
  const { text, tokens } = await writeFreely(model, passage, tokenizer, 1, { max_length: 12 });
  assertEquals(tokens, 11);
  assert(text.length > 0 && !text.includes("</s>"));
});
