import { assertEquals, assertRejects } from "@std/assert";
import type {
  TextClassificationOptions,
  TextClassificationResult,
  TextPair,
} from "../../pipelines/mod.ts";
import { assertResult, loadTask, shareBound, testTask } from "./task_goldens.ts";

await testTask(
  "text-classification",
  async (classifier, texts: (string | TextPair)[], { options }) => {
    const results = await classifier(texts, options);
    return results.map((result) => [result].flat());
  },
  // A sigmoid moves by a quarter of δ at most, a score that stays as it is by δ.
  (actual, wanted, delta) => assertResult(actual, wanted, (x) => delta + shareBound(delta)(x)),
);

Deno.test("text-classification gives a list for a text, and for several a label each", async () => {
  using classifier = await loadTask("text-classification", "bert_nli");
  const one: TextClassificationResult[] = await classifier("the sea");
  assertEquals(one.length, 1);
  const flat: TextClassificationResult[] = await classifier(["the sea", "the war"]);
  assertEquals(flat, [one[0], (await classifier("the war"))[0]]);
  const lists: TextClassificationResult[][] = await classifier(["the sea"], { top_k: 2 });
  assertEquals(lists, [await classifier("the sea", { top_k: 2 })]);
  const all = await classifier("the sea", { top_k: null });
  assertEquals(all.map(({ label }) => label).sort(), ["contradiction", "entailment", "neutral"]);
  assertEquals(await classifier("the sea", { top_k: 99 }), all);
});

Deno.test("text-classification takes pairs one by one, and without a second text as texts", async () => {
  using classifier = await loadTask("text-classification", "bert_nli");
  const pair = { text: "the sea", text_pair: "the war" };
  const [best] = await classifier(pair);
  assertEquals(await classifier([pair, { ...pair, text_pair: "" }], { top_k: 1 }), [
    best,
    ...await classifier({ text: "the sea", text_pair: "" }),
  ]);
  assertEquals(await classifier({ text: "the sea" }), await classifier("the sea"));
  const mixed = () => classifier([pair, "the sea"]);
  await assertRejects(mixed, RangeError, "2 texts of which 1 have a text_pair");
  const misspelt = { text: "the sea", textPair: "the war" };
  await assertRejects(() => classifier(misspelt), TypeError, "textPair: wanted text, text_pair");
  const wrong = { text: 5 } as unknown as TextPair;
  await assertRejects(() => classifier(wrong), TypeError, "5: wanted a string");
});

Deno.test("text-classification of a regression gives the score itself", async () => {
  using classifier = await loadTask("text-classification", "roberta_score");
  const none = await classifier("the sea", { function_to_apply: "none" });
  assertEquals(await classifier("the sea"), none);
});

Deno.test("sentiment-analysis is text-classification", async () => {
  using classifier = await loadTask("text-classification", "bert_nli");
  using same = await loadTask("sentiment-analysis", "bert_nli");
  assertEquals(await same("the sea"), await classifier("the sea"));
});

const REFUSED: [string, unknown, typeof Error, string][] = [
  ["top_k 0", { top_k: 0 }, RangeError, "top_k 0: wanted a whole number ≥ 1, or null for all"],
  ["top_k as a string", { top_k: "all" }, TypeError, "top_k"],
  ["an unknown function", { function_to_apply: "tanh" }, RangeError, '"sigmoid"'],
  ["a function itself", { function_to_apply: Math.tanh }, TypeError, "function_to_apply"],
];

const refusing = await loadTask("text-classification", "bert_nli");

for (const [name, options, errorType, message] of REFUSED) {
  Deno.test(`text-classification refuses ${name}`, async () => {
    const call = () => refusing("the", options as TextClassificationOptions);
    await assertRejects(async () => await call(), errorType, message);
  });
}
