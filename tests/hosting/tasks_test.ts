import { assertEquals, assertThrows } from "@std/assert";
import { chooseTask } from "../../hosting/tasks.ts";

Deno.test("chooseTask() goes by the config's class, labels and modules", () => {
  const of = (name: string, others = {}) => chooseTask({ architectures: [name], ...others }, false);
  assertEquals(of("LSGRobertaForMaskedLM"), "fill-mask");
  assertEquals(of("BertModel"), "feature-extraction");
  assertEquals(of("BertForSequenceClassification"), "text-classification");
  const id2label = { 0: "ENTAILMENT", 1: "x" };
  assertEquals(of("BertForSequenceClassification", { id2label }), "zero-shot-classification");
  assertEquals(of("BertForTokenClassification"), "token-classification");
  assertEquals(of("BertForQuestionAnswering"), "question-answering");
  assertEquals(of("BartForConditionalGeneration"), "text2text-generation");
  const tasks = { task_specific_params: { summarization: {} } };
  assertEquals(of("BartForConditionalGeneration", tasks), "summarization");
  assertEquals(chooseTask({ architectures: ["BertForMaskedLM"] }, true), "feature-extraction");
});

Deno.test("chooseTask() refuses a config that names no class", () => {
  for (
    const config of [null, {}, { architectures: [] }, { architectures: [7] }, {
      architectures: "BertModel",
    }]
  ) {
    assertThrows(() => chooseTask(config, false), RangeError, "wanted a task, one of feature-");
  }
});
