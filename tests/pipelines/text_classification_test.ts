import { assertResult, shareBound, testTask } from "./task_goldens.ts";

await testTask(
  "text-classification",
  async (classifier, texts, { options }) => {
    const results = await classifier(texts, options);
    return results.map((result) => [result].flat());
  },
  // A sigmoid moves by a quarter of δ at most, a score that stays as it is by δ.
  (actual, wanted, delta) => assertResult(actual, wanted, (x) => delta + shareBound(delta)(x)),
);
