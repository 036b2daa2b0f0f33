// The first program of its README: a pipeline, a text, several texts.
import { pipeline } from "@lsg/core";

const pipe = await pipeline("sentiment-analysis", "pipelines/bert_nli");

const one = await pipe("The light was gone.");
console.log(one);

const several = await pipe(["The light was gone.", "Another text"]);
for (const { label, score } of several) console.log(label, score);

const all = await pipe("The light was gone.", { top_k: null });
console.log(all);
