// As on the cards of cross-encoders: a query with each document, sorted by score.
import { AutoModelForSequenceClassification, AutoTokenizer } from "@lsg/core";

const name = "pipelines/roberta_score";
const model = await AutoModelForSequenceClassification.from_pretrained(name);
const tokenizer = await AutoTokenizer.from_pretrained(name);

async function rerank(query, documents, { top_k, return_documents = false } = {}) {
  const queries = new Array(documents.length).fill(query);
  const inputs = tokenizer(queries, { text_pair: documents, padding: true, truncation: true });
  const { logits } = await model(inputs);
  return logits.sigmoid().tolist()
    .map(([score], corpus_id) => ({
      corpus_id,
      score,
      ...(return_documents ? { text: documents[corpus_id] } : {}),
    }))
    .sort((a, b) => b.score - a.score)
    .slice(0, top_k);
}

const documents = [
  "Isabella left Bath for London.",
  "The river ran past the old house.",
  "Her mother was a woman of useful plain sense.",
  "Catherine read.",
];
console.log(await rerank("Who left Bath?", documents));
console.log(await rerank("Who left Bath?", documents, { top_k: 2, return_documents: true }));
