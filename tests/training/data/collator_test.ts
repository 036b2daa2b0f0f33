import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { AutoModelForCausalLM, AutoModelForSeq2SeqLM } from "../../../generation/mod.ts";
import {
  AutoModel,
  AutoModelForMaskedLM,
  AutoModelForMultipleChoice,
  AutoModelForPreTraining,
  AutoModelForQuestionAnswering,
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
  type HiddenStates,
  type PreTrainedModel,
} from "../../../models/mod.ts";
import { AutoTokenizer } from "../../../tokenizer/mod.ts";
import type { NestedArray } from "../../../tensor/tensor.ts";
import { Collator, type CollatorOptions, type Example } from "../../../training/data/mod.ts";
import { openBackend } from "../../../device.ts";
import { lossOf } from "../../../training/head_loss.ts";
import { goldenPath } from "../../models/golden_models.ts";
import { warningsOf } from "../../helpers/warnings_of.ts";

type Model = PreTrainedModel<HiddenStates>;

const tokenizer = await AutoTokenizer.from_pretrained(goldenPath("tokenizer/bert_uncased"));
const device = await openBackend("cpu");
const HEADS = goldenPath("heads");
const classifier: Model = await AutoModelForSequenceClassification.from_pretrained(
  `${HEADS}/bert_sequence_classification`,
  { device },
);

/** A batch as nested arrays. */
function collate(
  model: Model,
  examples: readonly unknown[],
  options: CollatorOptions = {},
  epoch = 0,
): Record<string, NestedArray> {
  const batch = new Collator(model, tokenizer, options).collate(examples as Example[], epoch);
  return Object.fromEntries(
    Object.entries(batch).map(([name, tensor]) => [name, tensor.tolist()]),
  );
}

const encode = (text: string, text_pair?: string) => tokenizer.encode(text, { text_pair });
const pad = (row: readonly number[], length: number, value = 0) => [
  ...row,
  ...new Array(length - row.length).fill(value),
];

Deno.test("texts and pairs are padded to the longest, labels are names or ids", () => {
  const [first, second] = [encode("he said no"), encode("and", "they came")];
  const { length } = second;
  assert(length > first.length);
  const examples = [
    { text: "he said no", label: "good", other: 1 },
    { text: "and", text_pair: "they came", label: 0 },
  ];
  const batch = collate(classifier, examples);
  assertEquals(batch, {
    input_ids: [pad(first, length), second],
    attention_mask: [pad(first.map(() => 1), length), second.map(() => 1)],
    token_type_ids: [
      pad([], length),
      second.map((_, i) => Number(i > second.indexOf(tokenizer.sep_token_id!))),
    ],
    labels: [2, 0],
  });
  const wide = collate(classifier, examples, { pad_to_multiple_of: 16 });
  assertEquals((wide.input_ids as number[][]).map((row) => row.length), [16, 16]);
  // As CSV has ids: in digits.
  assertEquals(collate(classifier, [{ text: "a", label: "1" }]).labels, [1]);
});

Deno.test("several labels are names, or a number each; one is a number in a regression", async () => {
  const examples = [
    { text: "a", labels: ["good", "bad"] },
    { text: "b", labels: [] },
    { text: "c", labels: [0, 0.5, 1] },
  ];
  assertEquals(collate(classifier, examples).labels, [[1, 0, 1], [0, 0, 0], [0, 0.5, 1]]);
  await warningsOf(async () => {
    const regression = await AutoModelForSequenceClassification.from_pretrained(
      `${HEADS}/bert_sequence_classification`,
      // transformers writes null where nothing is chosen.
      { device, num_labels: 1, ignore_mismatched_sizes: true, config: { problem_type: null } },
    );
    const labels = [{ text: "a", label: 2.5 }, { text: "b", label: "-1e1" }];
    assertEquals(collate(regression, labels).labels, [2.5, -10]);
    const large = [{ text: "a", label: 3e9 }, { input_ids: [2, 3], label: -3e9 }];
    assertEquals(collate(regression, large).labels, [3e9, -3e9]);
    assertThrows(
      () => collate(regression, [{ text: "a", label: "high" }]),
      TypeError,
      'examples[0], label: it is "high", wanted a finite number',
    );
  });
});

Deno.test("labels that are numbers are names if the names are numbers", async () => {
  const stars = await AutoModelForSequenceClassification.from_pretrained(
    `${HEADS}/bert_sequence_classification`,
    { device, id2label: ["1", "2", "3"] },
  );
  const labels = [{ text: "a", label: 3 }, { text: "b", label: "1" }];
  assertEquals(collate(stars, labels).labels, [2, 0]);
  assertThrows(
    () => collate(stars, [{ text: "a", label: 0 }]),
    RangeError,
    "there is no label 0; labels: 1, 2, 3",
  );
});

Deno.test("long texts are an error that says their length, or cut", () => {
  const text = "one ".repeat(100);
  const { length } = encode(text);
  assertThrows(
    () => collate(classifier, [{ text, label: 0 }]),
    RangeError,
    `examples[0], text: it has ${length} tokens, wanted at most 66, or truncation: true`,
  );
  const cut = collate(classifier, [{ text, label: 0 }], { truncation: true });
  assertEquals((cut.input_ids as number[][])[0].length, 66);
  const short = collate(classifier, [{ text, label: 0 }], { truncation: true, max_length: 10 });
  const [row] = short.input_ids as number[][];
  assertEquals([row.length, row.at(-1)], [10, tokenizer.sep_token_id]);
  // Padding never goes beyond what the model holds.
  const padded = collate(classifier, [{ text, label: 0 }], {
    truncation: true,
    pad_to_multiple_of: 64,
  });
  assertEquals((padded.input_ids as number[][])[0].length, 66);
});

Deno.test("a model that holds more than its tokenizer knows of is filled", async () => {
  const own = await AutoTokenizer.from_pretrained(goldenPath("tokenizer/bert_uncased"));
  own.model_max_length = 10;
  const text = "one ".repeat(20);
  for (const truncation of [false, true]) {
    const { input_ids } = new Collator(classifier, own, { truncation }).collate([{
      text,
      label: 0,
    }]);
    assertEquals(input_ids.dims, [1, encode(text).length]);
  }
});

Deno.test("hidden words depend on seed, epoch and index; special tokens stay", async () => {
  const model = await AutoModelForMaskedLM.from_pretrained(goldenPath("models/bert"), { device });
  const text = "she said that it was not the same and they went home again";
  const examples = [{ text }, { text }, { text }];
  const batch = collate(model, examples, { seed: 1, mlm_probability: 0.5 }, 2);
  assertEquals(batch, collate(model, examples, { seed: 1, mlm_probability: 0.5 }, 2));
  assertNotEquals(
    batch.labels,
    collate(model, examples, { seed: 2, mlm_probability: 0.5 }, 2).labels,
  );
  assertNotEquals(
    batch.labels,
    collate(model, examples, { seed: 1, mlm_probability: 0.5 }, 3).labels,
  );
  const [first, second] = batch.labels as number[][];
  assertNotEquals(first, second);
  const ids = encode(text);
  first.forEach((label, i) => assert(label === -100 || label === ids[i]));
  assertEquals([first[0], first.at(-1)], [-100, -100]);
  const own = collate(model, [{ input_ids: ids }], { mlm_probability: 1 }).labels as number[][];
  assertEquals(own[0], [-100, ...ids.slice(1, -1), -100]);
});

Deno.test("CausalLM learns all tokens but padding", async () => {
  const model = await AutoModelForCausalLM.from_pretrained(`${HEADS}/bert_causal_lm`, {
    device,
    config: { is_decoder: true },
  });
  const [long, short] = [encode("he said no"), encode("he")];
  const batch = collate(model, [{ text: "he said no" }, { text: "he" }]);
  assertEquals(batch.labels, [long, pad(short, long.length, -100)]);
});

Deno.test("choices are rows of one question", async () => {
  const model = await AutoModelForMultipleChoice.from_pretrained(`${HEADS}/bert_multiple_choice`, {
    device,
  });
  const batch = collate(model, [
    { question: "who came", choices: ["she", "they all"], label: 1 },
    { text: "who", choices: ["a", "b"], label: "0" },
  ]);
  const rows = [
    [encode("who came", "she"), encode("who came", "they all")],
    [encode("who", "a"), encode("who", "b")],
  ];
  const longest = Math.max(...rows.flat().map((row) => row.length));
  assertEquals(batch.input_ids, rows.map((pair) => pair.map((row) => pad(row, longest))));
  assertEquals(batch.labels, [1, 0]);
  assertThrows(
    () =>
      collate(model, [
        { question: "who", choices: ["a", "b"], label: 1 },
        { question: "who", choices: ["a"], label: 0 },
      ]),
    RangeError,
    "examples[1]: it has 1 choices, others of its batch 2",
  );
  for (const label of [2, "", true, [1], "0x1", 0.5]) {
    assertThrows(
      () => collate(model, [{ question: "who", choices: ["a", "b"], label }]),
      TypeError,
      `examples[0], label: it is ${JSON.stringify(label)}, wanted a number from 0 to 1`,
    );
  }
  const wrong: [unknown, string][] = [
    [[[5], [2 ** 32 + 5]], "input_ids[1][0]: it is 4294967301, wanted a whole number"],
    [[[5], 6], "input_ids[1]: it is 6, wanted an array"],
  ];
  for (const [input_ids, message] of wrong) {
    assertThrows(() => collate(model, [{ input_ids, label: 0 }]), TypeError, message);
  }
});

Deno.test("questions without an answer point to the first token; wrong places are refused", async () => {
  const model = await AutoModelForQuestionAnswering.from_pretrained(
    `${HEADS}/bert_question_answering`,
    { device },
  );
  const question = { question: "who", context: "it was 😀 she" };
  const places = (answers: unknown) => {
    const batch = collate(model, [{ ...question, answers }]);
    return [batch.start_positions, batch.end_positions].flat();
  };
  assertEquals(places({ text: [], answer_start: [] }), [0, 0]);
  assertEquals(places([]), [0, 0]);
  const ids = encode(question.question, question.context);
  const she = ids.length - 2;
  // In code points, in UTF-16 code units, in the nested form of the original files.
  assertEquals(places({ text: ["she"], answer_start: [9] }), [she, she]);
  assertEquals(places({ text: ["she"], answer_start: [10] }), [she, she]);
  assertEquals(places([{ text: " she ".trimEnd(), answer_start: 8 }]), [she, she]);
  const wrong: [unknown, string][] = [
    [{ text: ["he was"], answer_start: [3] }, '"he was" is not at 3 of context, but "was 😀"'],
    [{ text: [5], answer_start: [3] }, 'wanted {"text": ["…"], "answer_start": [0]}'],
    [{ text: ["was"] }, 'wanted {"text"'],
    ["was", 'wanted {"text"'],
  ];
  for (const [answers, message] of wrong) assertThrows(() => places(answers), Error, message);
  assertThrows(
    () => collate(model, [question]),
    TypeError,
    "it has no answers, but question, context",
  );
});

Deno.test("what a decoder is to write is padded with −100", async () => {
  const model = await AutoModelForSeq2SeqLM.from_pretrained(goldenPath("seq2seq/bart"), { device });
  const examples = [
    { text: "he said no", summary: "no" },
    { text: "he", text_target: "she said" },
    { text: "he", target: "it" },
  ];
  const batch = collate(model, examples);
  const targets = [encode("no"), encode("she said"), encode("it")];
  const longest = Math.max(...targets.map((row) => row.length));
  assertEquals(batch.labels, targets.map((row) => pad(row, longest, -100)));
  assertEquals(batch.global_attention_mask, undefined);
  assertThrows(
    () => collate(model, examples, { max_target_length: 3 }),
    RangeError,
    "examples[1], text_target: it has ",
  );
  const led = await AutoModelForSeq2SeqLM.from_pretrained(goldenPath("seq2seq/led"), { device });
  const { global_attention_mask } = collate(led, examples.slice(0, 2));
  const { length } = encode("he said no");
  assertEquals(global_attention_mask, [pad([1], length), pad([1], length)]);
});

Deno.test("labels of mBART are in the target language", async () => {
  const folder = goldenPath("tokenizer/vocabulary/mbart50_saved");
  const languages = await AutoTokenizer.from_pretrained(folder, { src_lang: "en_XX" });
  const model = await AutoModelForSeq2SeqLM.from_pretrained(goldenPath("seq2seq/mbart"), {
    device,
  });
  const collator = new Collator(model, languages);
  const [text, target] = ["Hello", "Salut"];
  languages.tgt_lang = undefined;
  assertThrows(
    () => collator.collate([{ text, target }]),
    RangeError,
    "wanted the tokenizer's tgt_lang",
  );
  languages.tgt_lang = "ro_RO";
  const batch = collator.collate([{ text, target }]);
  const { input_ids, labels } = languages(text, { text_target: target, return_tensor: false });
  assertEquals(batch.input_ids.tolist(), [input_ids as never]);
  assertEquals(batch.labels!.tolist(), [labels as never]);
});

Deno.test("examples that are ids already need no tokenizer", async () => {
  const collator = new Collator(classifier, undefined, { truncation: true, max_length: 3 });
  const batch = collator.collate([
    { input_ids: [2, 5, 6, 3], attention_mask: [1, 1, 0, 1], labels: 2 },
    { input_ids: Int32Array.of(2, 3), label: "bad" },
  ]);
  assertEquals(batch.input_ids.tolist(), [[2, 5, 6], [2, 3, 0]]);
  assertEquals(batch.attention_mask!.tolist(), [[1, 1, 0], [1, 1, 0]]);
  assertEquals(batch.labels!.tolist(), [2, 0]);
  const result = await lossOf(classifier, batch);
  assert(result.loss > 0);
  result.dispose();

  const tagger = await AutoModelForTokenClassification.from_pretrained(
    `${HEADS}/bert_token_classification`,
    { device },
  );
  const tagged = new Collator(tagger).collate([
    { input_ids: [2, 5, 3], labels: [-100, 1, -100], token_type_ids: [0, 0, 1] },
    { input_ids: [2, 3], labels: [0, 2] },
  ]);
  assertEquals(tagged.labels!.tolist(), [[-100, 1, -100], [0, 2, -100]]);
  assertEquals(tagged.token_type_ids!.tolist(), [[0, 0, 1], [0, 0, 0]]);
  const electra = await AutoModelForPreTraining.from_pretrained(`${HEADS}/electra_pre_training`, {
    device,
  });
  const replaced = new Collator(electra).collate([{ input_ids: [2, 5, 3], labels: [0, 1, 0] }]);
  assertEquals(replaced.labels!.tolist(), [[0, 1, 0]]);
});

Deno.test("batches of every head give a loss", async () => {
  const reader = await AutoModelForQuestionAnswering.from_pretrained(
    `${HEADS}/bert_question_answering`,
    { device },
  );
  const chooser = await AutoModelForMultipleChoice.from_pretrained(
    `${HEADS}/bert_multiple_choice`,
    { device },
  );
  const writer = await AutoModelForSeq2SeqLM.from_pretrained(goldenPath("seq2seq/bart"), {
    device,
  });
  const cases: [Model, Example][] = [
    [reader, { input_ids: [2, 5, 6, 3], start_positions: 1, end_positions: 2 }],
    [chooser, { input_ids: [[2, 5, 3], [2, 6, 7, 3]], label: 1 }],
    [writer, { input_ids: [0, 5, 6, 2], labels: [7, 8, 2] }],
  ];
  for (const [model, example] of cases) {
    const { loss, dispose } = await lossOf(model, new Collator(model).collate([example, example]));
    assert(loss > 0);
    dispose();
  }
});

const BAD: [unknown, ErrorConstructor, string][] = [
  [5, TypeError, "examples[0]: it is 5, wanted an object"],
  [{}, TypeError, "examples[0]: it has no text, but no fields"],
  [{ label: 1 }, TypeError, "examples[0]: it has no text, but label"],
  [{ text: null, label: 1 }, TypeError, "examples[0]: it has no text, but text, label"],
  [{ text: 5, label: 1 }, TypeError, "examples[0], text: it is 5, wanted a text"],
  [{ text: "a", text_pair: ["b"], label: 1 }, TypeError, 'examples[0], text_pair: it is ["b"]'],
  [{ text: "a" }, TypeError, "examples[0]: it has no label or labels, but text"],
  [{ text: "a", label: "best" }, RangeError, "examples[0], label: there is no label"],
  [{ text: "a", label: 3 }, RangeError, "there is no label 3; labels: bad, fair, good"],
  [{ text: "a", label: -1 }, RangeError, "there is no label -1"],
  [{ text: "a", label: 0.5 }, RangeError, "there is no label 0.5"],
  [{ text: "a", label: true }, TypeError, "it is true, wanted the name of a label or its id"],
  [{ text: "a", labels: ["good", 1] }, TypeError, "examples[0], labels[1]: it is 1"],
  [{ text: "a", labels: [1, 0] }, RangeError, "it has 2 numbers, wanted the names"],
  [{ text: "a \ud800", label: 1 }, RangeError, "examples[0], text: "],
  [
    { input_ids: [], label: 1 },
    TypeError,
    "examples[0], input_ids: it is [], wanted at least one id",
  ],
  [{ input_ids: "2 3", label: 1 }, TypeError, 'input_ids: it is "2 3", wanted an array'],
  [{ input_ids: [2, "3"], label: 1 }, TypeError, 'input_ids[1]: it is "3", wanted a whole number'],
  [{ input_ids: [2, 3], attention_mask: [1], label: 1 }, RangeError, "attention_mask: there are 1"],
  [
    { input_ids: new Array(67).fill(3), label: 1 },
    RangeError,
    "it has 67 tokens, wanted at most 66",
  ],
];

for (const [example, ErrorType, message] of BAD) {
  Deno.test(`an example is refused: ${message}`, () => {
    assertThrows(() => collate(classifier, [example]), ErrorType, message);
  });
}

Deno.test("collators are refused for models without a head, and with wrong options", async () => {
  const bare = await AutoModel.from_pretrained(goldenPath("models/bert"), { device });
  assertThrows(() => new Collator(bare), TypeError, "without a head");
  assertThrows(() => new Collator(classifier, undefined, { max_length: 67 }), RangeError, "has 66");
  assertThrows(() => new Collator(classifier, undefined, { padding: true } as never), TypeError);
  assertThrows(
    () => new Collator(classifier, undefined, { max_target_length: 5 }),
    RangeError,
    "max_target_length 5: the model has 0 positions",
  );
  assertThrows(
    () => new Collator(classifier, undefined, { mlm_probability: 0.3 }),
    RangeError,
    "mlm_probability 0.3 for SequenceClassification: it hides no words",
  );
  const collator = new Collator(classifier);
  assertThrows(() => collator.collate([]), RangeError, "no examples");
  assertThrows(
    () => collator.collate([{ text: "a", label: 1 }]),
    TypeError,
    "there is no tokenizer",
  );
  const words = await AutoModelForMaskedLM.from_pretrained(goldenPath("models/bert"), { device });
  assertThrows(() => new Collator(words).collate([{ input_ids: [1] }]), TypeError, "no mask_token");
});
