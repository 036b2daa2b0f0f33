// As on the cards of models whose first numbers are embeddings too: layer_norm, slice, normalize.
import { layer_norm, pipeline } from "@lsg/core";

const extractor = await pipeline("feature-extraction", "pipelines/bert_sentences");

const texts = ["search_query: What is a river?", "search_query: Who is Isabella Thorpe?"];
let embeddings = await extractor(texts, { pooling: "mean" });
console.log(embeddings.dims);

const matryoshka_dim = 4;
embeddings = layer_norm(embeddings, [embeddings.dims[1]])
  .slice(null, [0, matryoshka_dim])
  .normalize(2, -1);
console.log(embeddings.tolist());
