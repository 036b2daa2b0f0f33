import { assertEquals, assertRejects } from "@std/assert";
import { pipeline, type ZeroShotClassificationOptions } from "../../pipelines/mod.ts";
import { CpuBackend } from "../../cpu/backend.ts";
import { assertResult, loadTask, shareBound, taskModel, testTask } from "./task_goldens.ts";
import "../helpers/quiet_reference.ts";

await testTask(
  "zero-shot-classification",
  (classifier, texts, { options: { labels, ...options } }) =>
    classifier(texts, labels as string[], options),
  (actual, wanted, delta) => assertResult(actual, wanted, shareBound(delta)),
);

Deno.test("zero-shot-classification gives an object for a text, a list for several", async () => {
  using classifier = await loadTask("zero-shot-classification", "bert_nli");
  const one = await classifier("the sea", ["war", "weather"]);
  assertEquals(one.sequence, "the sea");
  assertEquals(await classifier(["the sea"], ["war", "weather"]), [one]);
  assertEquals(await classifier("the sea", " war,, weather ,"), one);
});

Deno.test("zero-shot-classification uses labels literally", async () => {
  using classifier = await loadTask("zero-shot-classification", "bert_nli");
  const [plain, dollars] = [
    await classifier("the sea", ["it is $& {}"], { hypothesis_template: "{}" }),
    await classifier("the sea", ["$&"], { hypothesis_template: "it is {} {}" }),
  ];
  assertEquals(plain.scores, dollars.scores);
});

/** Score of a candidate label, from a model with these label names. */
async function scoreWith(...labels: string[]): Promise<number> {
  const id2label = Object.fromEntries(labels.entries());
  const task = "zero-shot-classification";
  const classifier = await pipeline(task, taskModel("bert_nli"), {
    device: "cpu",
    config: { id2label },
  });
  const { scores } = await classifier("the sea", "war");
  classifier.dispose();
  return scores[0];
}

Deno.test("zero-shot-classification finds entailment and contradiction by their names", async () => {
  const wanted = await scoreWith("contradiction", "neutral", "entailment");
  assertEquals(await scoreWith("CONTRADICTION", "x", "Entailed"), wanted);
  assertEquals(await scoreWith("not_entailment", "x", "entailment"), wanted);
  // Without a label of that name, contradiction is the first, or the last if that is entailment.
  assertEquals(await scoreWith("no", "x", "entailment"), wanted);
  const reversed = await scoreWith("entailment", "neutral", "contradiction");
  assertEquals(await scoreWith("entailment", "x", "no"), reversed);
  assertEquals(Math.abs(reversed + wanted - 1) <= 4 * Number.EPSILON, true);
});

Deno.test("zero-shot-classification refuses a model without entailment and disposes of it", async () => {
  const device = new CpuBackend();
  const before = device.memory();
  const config = { id2label: { 0: "sea", 1: "war", 2: "rain" } };
  const load = () =>
    pipeline("zero-shot-classification", taskModel("bert_nli"), { device, config });
  await assertRejects(load, RangeError, "has the labels sea, war, rain");
  assertEquals(device.memory(), before);
});

const REFUSED: [string, unknown, unknown, unknown, typeof Error, string][] = [
  ["an empty text", "", ["war"], {}, RangeError, "an empty text"],
  [
    "the second text, which is too long",
    ["the", "the ".repeat(600)],
    ["war", "sea"],
    {},
    RangeError,
    "text 1: it has",
  ],
  ["a second text of a wrong type", ["the", 7], ["war", "sea"], {}, TypeError, "text[1]"],
  ["no labels", "the", [], {}, RangeError, "no labels"],
  ["labels of commas alone", "the", " , ", {}, RangeError, "no labels"],
  ["undefined labels", "the", undefined, {}, TypeError, "the label undefined"],
  ["an object without toString()", "the", [Object.create(null)], {}, TypeError, "the label"],
  ["a number among labels", "the", ["war", 7], {}, TypeError, "the label 7"],
  ["half of a pair in a label", "the", ["\ud83d"], {}, RangeError, "surrogate"],
  [
    "a template without a placeholder",
    "the",
    ["war"],
    { hypothesis_template: "war" },
    RangeError,
    "with {} for the label",
  ],
  ["a template that is not a string", "the", ["war"], { hypothesis_template: 3 }, TypeError, "3"],
  ["a word for multi_label", "the", ["war"], { multi_label: "yes" }, TypeError, "multi_label"],
];

const refusing = await loadTask("zero-shot-classification", "bert_nli");

for (const [name, text, labels, options, errorType, message] of REFUSED) {
  Deno.test(`zero-shot-classification refuses ${name}`, async () => {
    const call = () =>
      refusing(text as string, labels as string[], options as ZeroShotClassificationOptions);
    await assertRejects(async () => await call(), errorType, message);
  });
}
