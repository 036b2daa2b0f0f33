import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { CpuBackend } from "../../cpu/backend.ts";
import {
  pipeline,
  type QuestionAnsweringOptions,
  QuestionAnsweringPipeline,
  type QuestionAnsweringResult,
} from "../../pipelines/mod.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { tokenizerFromFiles } from "../../tokenizer/mod.ts";
import { TINY_WORDS, tinyTokenizer } from "../helpers/tiny_checkpoint.ts";
import { assertResult, loadTask, shareBound, taskModel, testTask } from "./task_goldens.ts";

await testTask(
  "question-answering",
  async (answerer, texts, { options: { question, ...options } }) => {
    const results = await answerer(question as string, texts, options);
    return results.map((result) => [result].flat());
  },
  // A score is the product of two probabilities.
  (actual, wanted, delta) => assertResult(actual, wanted, shareBound(delta, 2)),
);

const QUESTION = "Who left Bath?";
const CONTEXT = "\u{1F600} Isabella left Bath for London on Monday.";
const LONG = `${"the river ran past the old house ".repeat(90)}and nobody knew.`;
const LSG = { block_size: 8, sparse_block_size: 8, sparsity_factor: 2, max_sequence_length: 1024 };

Deno.test("question-answering gives an answer, or a list with top_k", async () => {
  using answerer = await loadTask("question-answering", "bert_answers");
  const one: QuestionAnsweringResult = await answerer(QUESTION, CONTEXT);
  const three: QuestionAnsweringResult[] = await answerer(QUESTION, CONTEXT, { top_k: 3 });
  assertEquals(three[0], one);
  for (const { answer, start, end } of three) assertEquals(answer, CONTEXT.slice(start, end));
  const list: QuestionAnsweringResult[] = await answerer([QUESTION], [CONTEXT]);
  assertEquals(list, [one]);
});

Deno.test("question-answering of several documents gives the results of each alone, in their order", async () => {
  for (const lsg of [undefined, LSG]) {
    using answerer = await loadTask("question-answering", "roberta_answers", lsg);
    const contexts = [LONG, "the", CONTEXT, LONG.slice(0, 300), "a house"];
    const alone = [];
    for (const context of contexts) alone.push(await answerer(QUESTION, context, { top_k: 2 }));
    assertEquals(await answerer(QUESTION, contexts, { top_k: 2 }), alone);
    const questions = contexts.map(() => QUESTION);
    const reversed = contexts.toReversed();
    assertEquals(await answerer(questions, reversed, { top_k: 2 }), alone.toReversed());
  }
});

Deno.test("question-answering answers several questions about one document", async () => {
  using answerer = await loadTask("question-answering", "bert_answers");
  const questions = [QUESTION, "When?"];
  const answers = await answerer(questions, CONTEXT);
  assertEquals(answers, [await answerer(QUESTION, CONTEXT), await answerer("When?", CONTEXT)]);
});

Deno.test("question-answering reads a long document in windows, or at once with LSG", async () => {
  const windows = { max_seq_len: 100, doc_stride: 20 };
  using vanilla = await loadTask("question-answering", "roberta_answers");
  for (const { answer, start, end } of await vanilla(QUESTION, LONG, { top_k: 3, ...windows })) {
    assert(end > start);
    assertEquals(answer, LONG.slice(start, end));
  }
  using lsg = await loadTask("question-answering", "roberta_answers", LSG);
  const whole = await lsg(QUESTION, LONG.slice(0, 1200));
  assertEquals(whole, await lsg(QUESTION, LONG.slice(0, 1200), { max_seq_len: 1024 }));
});

/**
 * A pipeline whose model scores starts and ends by the token's word; other words by −9. The model is
 * a function of the caller's own, which knows of tensors only how their values are read.
 */
function scoring(
  scores: Readonly<Record<string, number>>,
  dispose: () => void = () => {},
): QuestionAnsweringPipeline {
  const tokenizer = tokenizerFromFiles({
    tokenizerJson: tinyTokenizer(),
    tokenizerConfig: { tokenizer_class: "BertTokenizer" },
  });
  const model = ({ input_ids }: { input_ids: Pick<Tensor<"int32">, "flat"> }) => {
    const logits = Float32Array.from(input_ids.flat(), (id) => scores[TINY_WORDS[id]] ?? -9);
    const make = () => ({ getData: () => Promise.resolve(logits), dispose });
    return Promise.resolve({ start_logits: make(), end_logits: make() });
  };
  const parts = { config: { pad_token_id: 0 }, maxLength: 64, dispose() {} };
  return new QuestionAnsweringPipeline(tokenizer, Object.assign(model, parts) as never);
}

/** Probabilities of the tokens that are not negligible, by their scores. */
const shares = (...scores: number[]) => {
  const sum = scores.reduce((total, score) => total + Math.exp(score), 0);
  return scores.map((score) => Math.exp(score) / sum);
};

/** The words that score −9 change shares by less than this. */
const REST = 1e-2;

Deno.test("question-answering gives a word of two tokens once, by the scores of all its spans", async () => {
  const answerer = scoring({ run: 1, "##ning": 1, river: 1.2 });
  const text = `running ${"the ".repeat(15)}river`;
  const answers = await answerer("bath", text, { top_k: 3 });
  const [run, , river] = shares(1, 1, 1.2);
  assertEquals(answers.slice(0, 2).map(({ answer }) => answer), ["running", "river"]);
  assertAlmostEquals(answers[0].score, 3 * run ** 2, REST);
  assertAlmostEquals(answers[1].score, river ** 2, REST);
  assert(answers[2].score < REST);
  // The best place is the sum's, although no span of it is the best span.
  assertEquals((await answerer("bath", text)).answer, "running");
  const tokens = await answerer("bath", text, { top_k: 4, align_to_words: false });
  assertEquals(tokens.map(({ answer }) => answer), ["river", "run", "running", "ning"]);
});

Deno.test("question-answering gives a place that two windows show once", async () => {
  const answerer = scoring({ river: 1, sea: 1, house: 1.1 });
  // Windows of six tokens of the document that share four.
  const text = "the old river the bath sea left bath";
  const options = { max_answer_len: 1, max_seq_len: 10, doc_stride: 4 };
  const answers = await answerer("bath", text, { top_k: 9, ...options });
  assertEquals(answers.length, 8);
  assertEquals(new Set(answers.map(({ start }) => start)).size, 8);
  const byWord = (word: string) => answers.find(({ answer }) => answer === word)!.score;
  assertAlmostEquals(byWord("river"), 2 * 0.25, 2 * REST);
  assertAlmostEquals(byWord("sea"), 2 * 0.25, 2 * REST);
  // The same word at another place is another answer.
  assertEquals(answers.filter(({ answer }) => answer === "bath").length, 2);
});

Deno.test("question-answering stops while it chooses among answers", async () => {
  const controller = new AbortController();
  const reason = new Error("no longer needed");
  const answerer = scoring({ river: 1 }, () => controller.abort(reason));
  const call = async () => await answerer("bath", "the river", { signal: controller.signal });
  assertStrictEquals(await assertRejects(call), reason);
});

Deno.test("question-answering adds no answers with more of them asked for", async () => {
  using answerer = await loadTask("question-answering", "roberta_answers");
  const options = { max_seq_len: 40, doc_stride: 9 };
  const all = await answerer(QUESTION, LONG, { ...options, top_k: 1e6 });
  const places = new Set(all.map(({ start, end }) => `${start} ${end}`));
  assertEquals(places.size, all.length);
  for (const top_k of [2, 5]) {
    assertEquals(await answerer(QUESTION, LONG, { ...options, top_k }), all.slice(0, top_k));
  }
});

Deno.test("question-answering of white space alone finds nothing", async () => {
  using answerer = await loadTask("question-answering", "bert_answers");
  const { score, ...rest } = await answerer(QUESTION, " \n ");
  assertEquals(rest, { start: 0, end: 0, answer: "" });
  assertEquals(score, 1);
});

Deno.test("question-answering releases all memory that it allocates on a backend", async () => {
  const device = new CpuBackend();
  const before = device.memory();
  const answerer = await pipeline("question-answering", taskModel("bert_answers"), { device });
  const held = device.memory();
  await answerer(QUESTION, [CONTEXT, LONG]);
  assertEquals(device.memory(), held);
  answerer.dispose();
  assertEquals(device.memory(), before);
});

const REFUSED: [string, unknown, unknown, unknown, typeof Error, string][] = [
  ["an empty question", "", CONTEXT, {}, RangeError, "a question is empty"],
  ["an empty document", QUESTION, "", {}, RangeError, "a document is empty"],
  ["no document", QUESTION, undefined, {}, TypeError, "a document is undefined"],
  ["a number for a question", 7, CONTEXT, {}, TypeError, "a question is 7"],
  ["an object without toString()", Object.create(null), CONTEXT, {}, TypeError, "a question is"],
  ["a number among documents", QUESTION, ["the", 7], {}, TypeError, "a document is 7"],
  ["no questions", [], [], {}, RangeError, "no questions"],
  ["no documents", QUESTION, [], {}, RangeError, "1 questions with 0 documents"],
  ["too many documents", [QUESTION], ["a", "b"], {}, RangeError, "1 questions with 2 documents"],
  ["too many questions", ["a", "b"], ["c"], {}, RangeError, "2 questions with 1 documents"],
  ["half of a surrogate pair", QUESTION, "the \ud83d", {}, RangeError, "surrogate"],
  ["half of a pair in a question", "\ude00", CONTEXT, {}, RangeError, "surrogate"],
  ["top_k 0", QUESTION, CONTEXT, { top_k: 0 }, RangeError, "top_k 0"],
  ["max_answer_len 0", QUESTION, CONTEXT, { max_answer_len: 0 }, RangeError, "max_answer_len 0"],
  ["a longer window", QUESTION, CONTEXT, { max_seq_len: 513 }, RangeError, "at most 512 tokens"],
  ["a window without room", QUESTION, CONTEXT, { max_seq_len: 8 }, RangeError, "leaves no room"],
  ["a negative overlap", QUESTION, CONTEXT, { doc_stride: -1 }, RangeError, "doc_stride -1"],
  [
    "an overlap as long as a window",
    QUESTION,
    CONTEXT,
    { max_seq_len: 40, doc_stride: 40 },
    RangeError,
    "doc_stride 40",
  ],
  ["an unknown option", QUESTION, CONTEXT, { topk: 3 }, TypeError, "topk: wanted top_k"],
  ["truncation", QUESTION, CONTEXT, { truncation: true }, TypeError, "truncation"],
];

const refusing = await loadTask("question-answering", "bert_answers");

for (const [name, question, context, options, errorType, message] of REFUSED) {
  Deno.test(`question-answering refuses ${name}`, async () => {
    const call = () =>
      refusing(question as string, context as string, options as QuestionAnsweringOptions);
    await assertRejects(async () => await call(), errorType, message);
  });
}
