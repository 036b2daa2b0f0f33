// As on the cards of sentence models, without a pipeline: tokens, hidden states, mean, products.
import { AutoModel, AutoTokenizer, matmul, mean_pooling } from "@lsg/core";

const model_id = "pipelines/bert_sentences";
const tokenizer = await AutoTokenizer.from_pretrained(model_id);
const model = await AutoModel.from_pretrained(model_id, { dtype: "fp32" });

const sentences = ["The weather is lovely today.", "It is so sunny outside!", "She drove away."];
const inputs = await tokenizer(sentences, { padding: true, truncation: true });
const outputs = await model(inputs);
console.log(outputs.last_hidden_state.dims, inputs.attention_mask.tolist());

// The mean by hand, and by the library.
const states = outputs.last_hidden_state.tolist();
const mask = inputs.attention_mask.tolist();
const means = states.map((rows, i) => {
  const seen = rows.filter((_, token) => mask[i][token] == 1);
  return rows[0].map((_, j) => seen.reduce((sum, row) => sum + row[j], 0) / seen.length);
});
console.log(means);
const pooled = mean_pooling(outputs.last_hidden_state, inputs.attention_mask);
console.log(pooled);

const embeddings = pooled.normalize(2, -1);
const similarities = await matmul(embeddings, embeddings.transpose(1, 0));
console.log(similarities.tolist());
for (const row of embeddings) console.log(row.dims, row.norm().item());
