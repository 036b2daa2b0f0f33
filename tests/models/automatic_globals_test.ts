import { assertEquals, assertThrows } from "@std/assert";
import { parseConfig } from "../../checkpoint/mod.ts";
import type { Head } from "../../families/families.ts";
import { withAutomaticGlobals } from "../../models/automatic_globals.ts";
import { readInputs } from "../../models/inputs.ts";

const LONGFORMER = parseConfig({ model_type: "longformer" });
const INPUTS = { input_ids: [[0, 7, 2, 2, 8, 9, 2], [0, 2, 7, 2, 8, 2, 1]] };
const BATCH = readInputs(INPUTS, { vocabulary: 10, types: 1, globals: true });

function globalsFor(head: Head, config = LONGFORMER): number[] {
  return [...withAutomaticGlobals(BATCH, INPUTS, config, head).globalMask];
}

Deno.test("each head has its rule", () => {
  const none = new Array(14).fill(0);
  assertEquals(globalsFor("SequenceClassification"), [1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  assertEquals(globalsFor("QuestionAnswering"), [1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  assertEquals(globalsFor("MultipleChoice"), [0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1]);
  for (const head of ["Model", "MaskedLM", "TokenClassification"] as const) {
    assertEquals(globalsFor(head), none);
  }
  assertEquals(globalsFor("SequenceClassification", parseConfig({ model_type: "roberta" })), none);
});

Deno.test("the caller's mask comes first", () => {
  const global_attention_mask = INPUTS.input_ids.map((ids) => ids.map(() => 0));
  const inputs = { ...INPUTS, global_attention_mask };
  const batch = readInputs(inputs, { vocabulary: 10, types: 1, globals: true });
  assertEquals(withAutomaticGlobals(batch, inputs, LONGFORMER, "QuestionAnswering"), batch);
});

Deno.test("a sequence without separator cannot be parted", () => {
  const inputs = { input_ids: [[0, 7, 2], [0, 7, 8]] };
  const batch = readInputs(inputs, { vocabulary: 10, types: 1, globals: true });
  assertThrows(
    () => withAutomaticGlobals(batch, inputs, LONGFORMER, "QuestionAnswering"),
    RangeError,
    "global tokens of sequence 1 for QuestionAnswering: it has no separator (2)",
  );
});
