import { fromFileUrl } from "@std/path";
import { AutoTokenizer } from "../tokenizer/mod.ts";

const path = (name: string) => fromFileUrl(new URL(`../${name}`, import.meta.url));
const text = await Deno.readTextFile(path("demo/northanger_abbey.txt"));

/** Small vocabularies of each kind: with larger ones words have fewer tokens. */
const FOLDERS = {
  "BERT's WordPiece": "tests/golden/tokenizer/bert_uncased",
  "RoBERTa's BPE": "demo/model",
  "XLM-R's Unigram": "tests/golden/tokenizer/xlm_roberta",
};

for (const [name, folder] of Object.entries(FOLDERS)) {
  const tokenizer = await AutoTokenizer.from_pretrained(path(folder));
  Deno.bench({
    name,
    group: `a chapter of ${(text.length / 1000).toFixed(0)},000 characters to ids`,
    fn() {
      tokenizer.encode(text);
    },
  });
}
