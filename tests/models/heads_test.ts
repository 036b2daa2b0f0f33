import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import {
  type AutoClass,
  AutoModelForMultipleChoice,
  AutoModelForPreTraining,
  AutoModelForQuestionAnswering,
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
  type PreTrainedModel,
} from "../../models/mod.ts";
import { AutoModelForCausalLM } from "../../generation/mod.ts";
import { Random } from "../../tensor/random.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { assertSameBits } from "../helpers/compare.ts";
import { drawIds, goldenPath, maskOf, rowsOf } from "./golden_models.ts";
import "../helpers/quiet_reference.ts";

const TOKENS = 20;
const INPUTS = {
  input_ids: [drawIds(new Random(1), TOKENS), drawIds(new Random(2), TOKENS)],
  attention_mask: maskOf([TOKENS, 13], TOKENS),
};

interface Case {
  readonly auto: AutoClass<PreTrainedModel<object>>;
  readonly folder: string;
  /** Dims of each output for two sequences of `TOKENS` tokens. */
  readonly dims: Record<string, readonly number[]>;
}

const CASES: readonly Case[] = [
  {
    auto: AutoModelForSequenceClassification,
    folder: "roberta_lsg_sequence_classification",
    dims: { logits: [2, 3] },
  },
  {
    auto: AutoModelForTokenClassification,
    folder: "albert_token_classification",
    dims: { logits: [2, TOKENS, 3] },
  },
  {
    auto: AutoModelForQuestionAnswering,
    folder: "distilbert_question_answering",
    dims: { start_logits: [2, TOKENS], end_logits: [2, TOKENS] },
  },
  {
    auto: AutoModelForCausalLM,
    folder: "bert_causal_lm",
    dims: { logits: [2, TOKENS, 90] },
  },
  {
    auto: AutoModelForPreTraining,
    folder: "electra_lsg_pre_training",
    dims: { logits: [2, TOKENS] },
  },
];

for (const { auto, folder, dims } of CASES) {
  Deno.test(`${folder}: shapes, padding, hidden states, memory`, async () => {
    const model = await auto.from_pretrained(goldenPath(`heads/${folder}`), { device: "cpu" });
    const before = model.backend.memory();
    const outputs = await model(INPUTS) as Record<string, Tensor>;
    const other = {
      ...INPUTS,
      input_ids: INPUTS.input_ids.map((ids, b) => b ? garbled(ids) : ids),
    };
    const padded = await model(other) as Record<string, Tensor>;
    assertEquals(Object.keys(outputs), Object.keys(dims));
    for (const name in dims) {
      assertEquals(outputs[name].dims, dims[name]);
      const perSequence = outputs[name].size / 2;
      const visible = perSequence % TOKENS ? perSequence : perSequence / TOKENS * 13;
      const [a, b] = [await outputs[name].getData(), await padded[name].getData()];
      assertSameBits(
        a.slice(perSequence, perSequence + visible) as Float32Array,
        b.slice(perSequence, perSequence + visible) as Float32Array,
      );
    }
    for (const tensor of [outputs, padded].flatMap((each) => Object.values(each))) tensor.dispose();
    const { hidden_states, ...rest } = await model({ ...INPUTS, output_hidden_states: true }) as {
      hidden_states: Tensor[];
    };
    assertEquals(hidden_states.map((tensor) => tensor.dims), new Array(3).fill([2, TOKENS, 16]));
    [...hidden_states, ...Object.values(rest as Record<string, Tensor>)]
      .forEach((tensor) => tensor.dispose());
    assertEquals(model.backend.memory(), before);
    model.dispose();
  });
}

/** Other ids where the second sequence is padded. */
function garbled(ids: number[]): number[] {
  return ids.map((id, i) => i < 13 ? id : 3 + (id + 7) % 80);
}

Deno.test("CausalLM: a later token changes no earlier score", async () => {
  const model = await AutoModelForCausalLM.from_pretrained(goldenPath("heads/roberta_causal_lm"));
  const [ids] = INPUTS.input_ids;
  const { logits } = await model({ input_ids: [ids] });
  const changed = await model({ input_ids: [ids.with(9, ids[9] === 5 ? 6 : 5)] });
  assertSameBits(await rowsOf(changed.logits, 0, 0, 9), await rowsOf(logits, 0, 0, 9));
  assertNotEquals(await rowsOf(changed.logits, 0, 9, 10), await rowsOf(logits, 0, 9, 10));
  model.dispose();
});

Deno.test("MultipleChoice: each choice is scored as if it were alone", async () => {
  const folder = goldenPath("heads/electra_multiple_choice");
  const model = await AutoModelForMultipleChoice.from_pretrained(folder);
  const [a, b] = INPUTS.input_ids;
  const both = await model({ input_ids: [[a, b], [b, a]] });
  assertEquals(both.logits.dims, [2, 2]);
  const [first, second, third, fourth] = await both.logits.getData();
  const [alone] = await (await model({ input_ids: [[b]] })).logits.getData();
  assertEquals([second, fourth, third], [alone, first, alone]);
  for (const input_ids of [a, [a], [[a], [a, b]], [[]]]) {
    await assertRejects(
      () => model({ input_ids: input_ids as number[][] }),
      TypeError,
      "[batch, choices, tokens]",
    );
  }
  await assertRejects(
    () => model({ input_ids: [[a, b]], attention_mask: [[a.map(() => 1)]] }),
    TypeError,
    "attention_mask has 1 choices, input_ids 2",
  );
  model.dispose();
});

Deno.test("a checkpoint without the head's weights says which ones it lacks", async () => {
  await assertRejects(
    () => AutoModelForTokenClassification.from_pretrained(goldenPath("models/bert_copies")),
    RangeError,
    "missing: classifier.weight, classifier.bias",
  );
  await assertRejects(
    () => AutoModelForCausalLM.from_pretrained(goldenPath("models/distilbert")),
    RangeError,
    "DistilBert has no head CausalLM",
  );
});
