import { assert, assertEquals, assertRejects } from "@std/assert";
import type {
  EntityGroup,
  TokenClassificationOptions,
  TokenClassificationResult,
} from "../../pipelines/mod.ts";
import { pipeline } from "../../pipelines/mod.ts";
import { tinyCheckpoint } from "../helpers/tiny_checkpoint.ts";
import { assertResult, loadTask, shareBound, testTask } from "./task_goldens.ts";
import "../helpers/quiet_reference.ts";

await testTask(
  "token-classification",
  (classifier, texts, { options }) => classifier(texts, options),
  (actual, wanted, delta) => assertResult(actual, wanted, shareBound(delta)),
);

Deno.test("token-classification gives offsets in UTF-16 code units", async () => {
  using classifier = await loadTask("token-classification", "bert_tags");
  const text = "\u{1F600} left Bath, caf\u00e9 \u{1D518}!";
  const tokens: TokenClassificationResult[] = await classifier(text, { ignore_labels: [] });
  const words = tokens.map(({ start, end }) => text.slice(start, end));
  assertEquals(words.slice(0, 2), ["\u{1F600}", "left"]);
  assertEquals(words.join(""), text.replaceAll(" ", ""));
  assertEquals(tokens.map(({ index }) => index), tokens.map((_, i) => i + 1));
});

Deno.test("token-classification groups every character of a text once", async () => {
  using classifier = await loadTask("token-classification", "roberta_tags");
  const text = "Isabella Thorpe left Bath for London, and Mr. Morland stayed.";
  for (const aggregation_strategy of ["simple", "first", "average", "max"] as const) {
    const options = { aggregation_strategy, ignore_labels: [] };
    const groups: EntityGroup[] = await classifier(text, options);
    let covered = 0;
    for (const { start, end, word } of groups) {
      assert(start >= covered && text.slice(covered, start).trim() === "");
      assertEquals(word.trim(), text.slice(start, end).trim());
      covered = end;
    }
    assertEquals(covered, text.length);
  }
});

Deno.test("token-classification of an empty text finds nothing", async () => {
  using classifier = await loadTask("token-classification", "bert_tags");
  assertEquals(await classifier(""), []);
  assertEquals(await classifier(["", " "], { aggregation_strategy: "max" }), [[], []]);
});

Deno.test("ner is token-classification", async () => {
  using classifier = await loadTask("token-classification", "bert_tags");
  using same = await loadTask("ner", "bert_tags");
  assertEquals(await same("Isabella left"), await classifier("Isabella left"));
});

Deno.test("a token's keys come in the order in which transformers.js and Python print them", async () => {
  using classifier = await loadTask("token-classification", "bert_tags");
  const [token] = await classifier("Isabella left", { ignore_labels: [] });
  assertEquals(Object.keys(token), ["entity", "score", "index", "word", "start", "end"]);
  const [group] = await classifier("Isabella left", { aggregation_strategy: "simple" });
  assertEquals(Object.keys(group), ["entity_group", "score", "word", "start", "end"]);
});

Deno.test("token-classification leaves out the label O, not entities of a type O", async () => {
  const classify = async (
    id2label: Record<string, string>,
    options: TokenClassificationOptions,
  ) => {
    const source = await tinyCheckpoint("TokenClassification", { id2label });
    using classifier = await pipeline("ner", source, { device: "cpu" });
    const results = await classifier("the old house left bath", options);
    return results.map((result) => "entity" in result ? result.entity : result.entity_group);
  };
  const TYPE_O = { 0: "B-O", 1: "I-O" };
  for (const ignore_labels of [undefined, ["O"]]) {
    const labels = await classify(TYPE_O, { ignore_labels });
    assertEquals(labels.length, 5);
    assert(labels.every((label) => label === "B-O" || label === "I-O"), labels.join());
    for (const aggregation_strategy of ["simple", "first", "average", "max"] as const) {
      const groups = await classify(TYPE_O, { aggregation_strategy, ignore_labels });
      assert(groups.length > 0 && groups.every((group) => group === "O"), groups.join());
      const outside = { 0: "O", 1: "O" };
      assertEquals(await classify(outside, { aggregation_strategy, ignore_labels }), []);
    }
  }
  const ofType = { 0: "B-A", 1: "I-A" };
  const ignoring = { aggregation_strategy: "simple", ignore_labels: ["A"] } as const;
  assertEquals(await classify(ofType, ignoring), []);
});

const REFUSED: [string, unknown, typeof Error, string][] = [
  ["an unknown strategy", { aggregation_strategy: "last" }, RangeError, '"last": wanted "none"'],
  ["a strategy of the prototype", { aggregation_strategy: "toString" }, RangeError, "toString"],
  ["a label that is not a list", { ignore_labels: "O" }, TypeError, "a list of labels"],
  ["labels that are not strings", { ignore_labels: [0] }, RangeError, "a list of labels"],
];

const refusing = await loadTask("token-classification", "bert_tags");

for (const [name, options, errorType, message] of REFUSED) {
  Deno.test(`token-classification refuses ${name}`, async () => {
    const call = () => refusing("the", options as TokenClassificationOptions);
    await assertRejects(async () => await call(), errorType, message);
  });
}
