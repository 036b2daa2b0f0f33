import { assertResult, shareBound, testTask } from "./task_goldens.ts";

await testTask(
  "token-classification",
  (classifier, texts, { options }) => classifier(texts, options),
  (actual, wanted, delta) => assertResult(actual, wanted, shareBound(delta)),
);
