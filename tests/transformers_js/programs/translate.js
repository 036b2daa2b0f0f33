// A translation between two of the languages of a tokenizer.
import { pipeline } from "@lsg/core";

const translator = await pipeline("translation", "pipelines/mbart50");
const output = await translator("The sea was calm.", {
  src_lang: "en_XX", // English
  tgt_lang: "ro_RO", // Romanian
  max_new_tokens: 8,
});
console.log(output);
