// Embeddings of bits: by the pipeline's option, by the function, and their Hamming distance.
import { pipeline, quantize_embeddings } from "@lsg/core";

const extractor = await pipeline("feature-extraction", "pipelines/bert_sentences");
const texts = ["The river ran.", "The sea was calm.", "Isabella left Bath for London."];

const output = await extractor(texts, { pooling: "mean", quantize: true, precision: "binary" });
console.log(output);

const embeddings = await extractor(texts, { pooling: "mean", normalize: true });
const packed = quantize_embeddings(embeddings, "ubinary");
console.log(packed.tolist());

const [query, ...others] = packed.tolist();
const distance = (a, b) =>
  a.reduce((bits, byte, i) => bits + (byte ^ b[i]).toString(2).replaceAll("0", "").length, 0);
console.log(others.map((bytes) => distance(query, bytes)));
