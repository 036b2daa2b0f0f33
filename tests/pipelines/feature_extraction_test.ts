import { assertResult, testTask } from "./task_goldens.ts";

await testTask(
  "feature-extraction",
  (extractor, texts, { name, options }) =>
    Promise.all(texts.map(async (text) => {
      const tensor = await extractor(text, name === "the checkpoint's" ? {} : options);
      return (tensor.tolist() as unknown[])[0];
    })),
  (actual, wanted, delta) => assertResult({ scores: actual }, { scores: wanted }, () => delta),
);
