import { assertResult, shareBound, testTask } from "./task_goldens.ts";

await testTask(
  "zero-shot-classification",
  (classifier, texts, { options: { labels, ...options } }) =>
    classifier(texts, labels as string[], options),
  (actual, wanted, delta) => assertResult(actual, wanted, shareBound(delta)),
);
