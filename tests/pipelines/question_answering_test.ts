import { assertResult, shareBound, testTask } from "./task_goldens.ts";

await testTask(
  "question-answering",
  async (answerer, texts, { options: { question, ...options } }) => {
    const results = await answerer(question as string, texts, options);
    return results.map((result) => [result].flat());
  },
  // A score is the product of two probabilities.
  (actual, wanted, delta) => assertResult(actual, wanted, shareBound(delta, 2)),
);
