// As on the cards of retrieval models: passages and a query, compared by cosine.
import { cos_sim, pipeline } from "@lsg/core";

const extractor = await pipeline("feature-extraction", "pipelines/bert_sentences", {
  dtype: "fp32",
});

const passages = [
  "Catherine read all such works as heroines must read.",
  "The river ran past the old house.",
  "Isabella left Bath for London on Monday.",
];
const embeddings = await extractor(passages, { pooling: "cls", normalize: true });
console.log(embeddings);

const instruction = "Represent this sentence for searching relevant passages: ";
const query = await extractor(instruction + "Who left?", { pooling: "cls", normalize: true });

const scores = embeddings.tolist().map((row) => cos_sim(query.data, row));
console.log(scores);

const [best] = scores.map((score, i) => ({ score, i })).sort((a, b) => b.score - a.score);
console.log(passages[best.i], best.score);
