import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { CpuBackend } from "../../cpu/backend.ts";
import { pipeline, type PipelineTask } from "../../pipelines/mod.ts";
import type { TextPipeline } from "../../pipelines/mod.ts";
import type { PreTrainedModel } from "../../models/mod.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { loadTask, taskModel } from "./task_goldens.ts";

/** A pipeline that is called with texts alone. */
type Run = (texts: string | string[], truncation?: boolean) => Promise<unknown>;

/** Each task with its model and the arguments of its calls. */
const TASKS: {
  readonly task: PipelineTask;
  readonly model: string;
  /** Binds a loaded pipeline. */
  readonly bind: (loaded: unknown) => Run;
}[] = [
  {
    task: "text-classification",
    model: "roberta_topics",
    bind: options((truncation) => [{ top_k: null, truncation }]),
  },
  {
    task: "token-classification",
    model: "roberta_tags",
    bind: options((truncation) => [{ ignore_labels: [], truncation }]),
  },
  {
    task: "zero-shot-classification",
    model: "bert_nli",
    bind: options((truncation) => [["war", "the sea"], { multi_label: true, truncation }]),
  },
  {
    task: "feature-extraction",
    model: "bert_sentences",
    bind: options((truncation) => [{ truncation }]),
  },
];

/** Binds a call whose arguments after the texts depend on `truncation` alone. */
function options(rest: (truncation: boolean) => unknown[]): (loaded: unknown) => Run {
  return (loaded) => async (texts, truncation = false) => {
    const call = loaded as (...args: unknown[]) => Promise<unknown>;
    const result = await call(texts, ...rest(truncation));
    return result instanceof Tensor ? result.tolist() : result;
  };
}

const WORDS = "the river ran past the old house and nobody in the village knew why ".repeat(5);
/** Texts of two to about 90 tokens, unsorted. */
const TEXTS = [300, 4, 70, 9, 310, 150, 1, 33, 71].map((length) => WORDS.slice(0, length));
const LSG = { block_size: 8, sparse_block_size: 8, sparsity_factor: 2, max_sequence_length: 1024 };

for (const { task, model, bind } of TASKS) {
  for (const sparsity_type of [undefined, "norm", "pooling"] as const) {
    const lsg = sparsity_type && { ...LSG, sparsity_type };
    const kind = sparsity_type ? `LSG (${sparsity_type})` : "vanilla";
    Deno.test(`${task}, ${kind}: a batch gives the results of its texts alone, in their order`, async () => {
      const loaded = await loadTask(task, model, lsg);
      const run = bind(loaded);
      const alone = [];
      for (const text of TEXTS) alone.push(await run([text]));
      assertEquals(await run(TEXTS), alone.flat());
      assertEquals(await run(TEXTS.toReversed()), alone.toReversed().flat());
      loaded.dispose();
    });
  }

  Deno.test(`${task}: LSG without adaptive is padded to blocks`, async () => {
    const adaptive = await loadTask(task, model, LSG);
    const fixed = await loadTask(task, model, { ...LSG, adaptive: false });
    assertEquals(await bind(fixed)(TEXTS), await bind(adaptive)(TEXTS));
    adaptive.dispose();
    fixed.dispose();
  });

  Deno.test(`${task} releases all memory that it allocates on a backend`, async () => {
    const device = new CpuBackend();
    const before = device.memory();
    const loaded = await pipeline(task, taskModel(model), { device });
    const held = device.memory();
    const run = bind(loaded);
    await run(TEXTS);
    assertEquals(device.memory(), held);
    await assertRejects(() => run(["the", "the ".repeat(600)]), RangeError);
    assertEquals(device.memory(), held);
    loaded.dispose();
    assertEquals(device.memory(), before);
  });

  Deno.test(`${task} truncates long texts only on request`, async () => {
    const loaded = await loadTask(task, model);
    const run = bind(loaded);
    const long = "the ".repeat(1500);
    const { message } = await assertRejects(() => run(["the", long]), RangeError);
    for (const part of ["text", "at most 512", "the option truncation", "max_sequence_length"]) {
      assertStringIncludes(message, part);
    }
    // Anything after the 512 tokens changes nothing but the returned text.
    const [cut] = [await run([long], true)].flat() as object[];
    const [same] = [await run([`${long} war`], true)].flat() as object[];
    const sequence = "sequence" in cut ? { sequence: long } : {};
    assertEquals({ ...same, ...sequence }, { ...cut });
    loaded.dispose();
  });

  Deno.test(`${task} of a converted model reads longer texts`, async () => {
    const loaded = await loadTask(task, model, LSG);
    assertEquals((loaded as TextPipeline<PreTrainedModel<unknown>>).maxLength, 1024);
    const result = await bind(loaded)(["the ".repeat(300)]) as unknown[];
    assertEquals(result.length, 1);
    loaded.dispose();
  });

  const refused: [string, unknown, typeof Error, string][] = [
    ["no texts", [], RangeError, "empty batch"],
    ["a number", 7, TypeError, "wanted a string"],
    ["null", null, TypeError, "wanted a string"],
    ["nothing", undefined, TypeError, "wanted a string"],
    ["a number among texts", ["the", 7], TypeError, "wanted a string"],
    ["a list among texts", ["the", ["the"]], TypeError, "wanted a string"],
    ["half of a surrogate pair", "the \ud83d", RangeError, "surrogate"],
    ["half of a pair among texts", ["the", "\ude00"], RangeError, "surrogate"],
  ];
  const refusing = bind(await loadTask(task, model));
  for (const [name, texts, errorType, message] of refused) {
    Deno.test(`${task} refuses ${name}`, async () => {
      await assertRejects(() => refusing(texts as string), errorType, message);
    });
  }

  Deno.test(`${task} refuses unknown options before it runs`, async () => {
    const loaded = await loadTask(task, model);
    const call = loaded as (...args: unknown[]) => Promise<unknown>;
    const labels = task === "zero-shot-classification" ? ["war"] : [];
    let layers = 0;
    const layer_callback = () => void layers++;
    const wrong = { truncaton: true, layer_callback };
    await assertRejects(() => call("the", ...labels, wrong), TypeError, "truncaton");
    await assertRejects(() => call("the", ...labels, { truncation: 1 }), TypeError, "truncation 1");
    assertEquals(layers, 0);
    await call("the", ...labels, { layer_callback });
    assert(layers > 0);
    loaded.dispose();
  });
}

Deno.test("options that are null are absent", async () => {
  for (const { task, model } of TASKS) {
    const loaded = await loadTask(task, model);
    const call = loaded as (...args: unknown[]) => Promise<unknown>;
    const labels = task === "zero-shot-classification" ? [["war", "the sea"]] : [];
    const list = (value: unknown) => value instanceof Tensor ? value.tolist() : value;
    const wanted = list(await call("the river", ...labels));
    const common = ["truncation", "layer_callback", "signal", "quantized"];
    const own = {
      "text-classification": ["function_to_apply"],
      "token-classification": ["aggregation_strategy", "ignore_labels"],
      "zero-shot-classification": ["hypothesis_template", "multi_label"],
      "feature-extraction": ["pooling", "normalize", "prompt", "prompt_name"],
    }[task as string]!;
    const options = Object.fromEntries([...common, ...own].map((name) => [name, null]));
    assertEquals(list(await call("the river", ...labels, options)), wanted);
    loaded.dispose();
  }
  using answerer = await loadTask("question-answering", "bert_answers");
  const nothing = {
    top_k: null,
    max_answer_len: null,
    handle_impossible_answer: null,
    align_to_words: null,
    max_seq_len: null,
    doc_stride: null,
    layer_callback: null,
  } as unknown as { top_k?: 1 };
  assertEquals(await answerer("who?", WORDS, nothing), await answerer("who?", WORDS));
});

Deno.test("a text without any token is refused", async () => {
  const loaded = await loadTask("text-classification", "roberta_topics");
  const encode = loaded.tokenizer._encodeRows;
  loaded.tokenizer._encodeRows = (text, options) =>
    encode.call(loaded.tokenizer, text, { ...options, add_special_tokens: false });
  await assertRejects(() => loaded(["the", ""]), RangeError, "text 1: it is empty");
  loaded.dispose();
});
