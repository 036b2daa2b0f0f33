// Labels of tokens: those that are not outside, all, and of several texts.
import { pipeline } from "@lsg/core";

const tagger = await pipeline("token-classification", "pipelines/bert_tags");
const sentence = "Isabella left Bath, where her mother was.";

console.log(await tagger(sentence));
console.log(await tagger(sentence, { ignore_labels: [] }));

const people = (await tagger(["Isabella left Bath.", "Who is she?"]))
  .map((tokens) => tokens.filter(({ entity }) => entity.endsWith("PER")).map(({ word }) => word));
console.log(people);
