import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { CpuBackend } from "../../cpu/backend.ts";
import type { ConversionOptions } from "../../checkpoint/conversion/conversion_options.ts";
import { BaseStreamer } from "../../generation/streamers/base_streamer.ts";
import { TextStreamer } from "../../generation/streamers/text_streamer.ts";
import { pipeline, type WritingOptions } from "../../pipelines/mod.ts";
import { loadTask, taskModel } from "./task_goldens.ts";
import "../helpers/quiet_reference.ts";

const LSG: ConversionOptions = { max_sequence_length: 512, block_size: 8, sparse_block_size: 8 };
const LINE = "the river ran past the old house and nobody in the village knew why ";
const TEXTS = ["the old house", LINE, "", "Who knew?"];

/** Keeps what it receives. */
class Recorder extends BaseStreamer {
  readonly events: (string | number)[] = [];

  override put(value: bigint[][]) {
    this.events.push(...value.flat().map(Number));
  }

  override end() {
    this.events.push("end");
  }
}

Deno.test("a text is summarised alone as among others, in their order", async () => {
  using summarizer = await loadTask("summarization", "bart");
  const options: WritingOptions = { num_beams: 3, num_return_sequences: 2, max_length: 9 };
  const together = await summarizer(TEXTS, options);
  assertEquals(together.length, 2 * TEXTS.length);
  for (const [i, text] of TEXTS.entries()) {
    assertEquals(await summarizer(text, options), together.slice(2 * i, 2 * i + 2));
  }
});

Deno.test("more text than one batch holds gives what its texts give alone", async () => {
  using summarizer = await loadTask("summarization", "bart", LSG);
  const long = Array.from({ length: 24 }, (_, i) => `${i} ${LINE.repeat(i % 2 === 0 ? 12 : 14)}`);
  const layers: number[] = [];
  // Drawn with a generator for each text, whose seed goes on from batch to batch.
  const options: WritingOptions = {
    num_beams: 2,
    num_return_sequences: 2,
    do_sample: true,
    max_length: 6,
  };
  const all = await summarizer(long, {
    ...options,
    seed: 5,
    layer_callback: ({ layer }) => layers.push(layer),
  });
  assertEquals(layers.length, long.length);
  assert(layers.filter((layer) => layer === 1).length > 1, "wanted several batches");
  for (const i of [0, 9, 23]) {
    const alone = await summarizer(long[i], { ...options, seed: 5 + i });
    assertEquals(alone, all.slice(2 * i, 2 * i + 2));
  }
});

Deno.test("texts are drawn alike in one batch and one by one", async () => {
  using summarizer = await loadTask("summarization", "bart");
  const options: WritingOptions = {
    do_sample: true,
    num_beams: 1,
    seed: 2 ** 32 - 2,
    max_length: 9,
  };
  const together = await summarizer(TEXTS, options);
  const alone = await summarizer(TEXTS, { ...options, streamer: new Recorder() });
  assertEquals(alone, together);
  assertNotEquals(await summarizer(TEXTS, { ...options, seed: 0 }), together);
});

Deno.test("a prefix and settings of the task come from the checkpoint", async () => {
  using summarizer = await loadTask("summarization", "bart");
  using writer = await loadTask("text2text-generation", "bart");
  const { task_specific_params } = summarizer.model.config.raw as {
    task_specific_params: { summarization: WritingOptions & { prefix: string } };
  };
  const { prefix, ...settings } = task_specific_params.summarization;
  const [{ generated_text }] = await writer(prefix + LINE, settings);
  assertEquals(await summarizer(LINE), [{ summary_text: generated_text }]);
  // The task's own prefix replaces that of the config.
  const config = { prefix: "no, " };
  const [task, path] = ["summarization", taskModel("bart")] as const;
  using other = await pipeline(task, path, { device: "cpu", config });
  assertEquals(await other(LINE), [{ summary_text: generated_text }]);
});

Deno.test("a prefix that is not a string is refused", async () => {
  const config = { prefix: 7 };
  using writer = await pipeline("translation", taskModel("bart"), { device: "cpu", config });
  await assertRejects(() => writer("a"), TypeError, "the prefix of config.json, 7, in front");
});

Deno.test("without a length 256 ids are written, or as many as the decoder has places for", async () => {
  const endless = { eos_token_id: null, forced_eos_token_id: null, num_beams: 1 };
  const count = async (name: string, own: WritingOptions, lsg?: ConversionOptions) => {
    using writer = await loadTask("text2text-generation", name, lsg);
    const streamer = new Recorder();
    await writer("the", { ...endless, ...own, streamer });
    return streamer.events.length - "start, end".split(",").length;
  };
  assertEquals(await count("bart", {}), 63);
  assertEquals(await count("bart", {}, LSG), 256);
  assertEquals(await count("bart", { max_length: null }), 63);
  assertEquals(await count("bart", { max_new_tokens: 5 }), 5);
  // generation_config.json has max_length 16.
  assertEquals(await count("mbart", {}), 15);
});

Deno.test("a streamer gets the texts one after the other", async () => {
  using summarizer = await loadTask("summarization", "bart");
  const options: WritingOptions = { num_beams: 1, max_length: 12 };
  const streamer = new Recorder();
  const written = await summarizer(TEXTS, { ...options, streamer });
  assertEquals(written, await summarizer(TEXTS, options));
  assertEquals(streamer.events.filter((event) => event === "end").length, TEXTS.length);
  const rows = streamer.events.join(" ").split(" end").filter((row) => row !== "")
    .map((row) => row.trim().split(" ").map(Number));
  const decoded = summarizer.tokenizer.batch_decode(rows, {
    skip_special_tokens: true,
    clean_up_tokenization_spaces: false,
  });
  assertEquals(decoded, written.map(({ summary_text }) => summary_text));

  let text = "";
  const words = new TextStreamer(summarizer.tokenizer, {
    callback_function: (word) => text += word,
    decode_kwargs: { clean_up_tokenization_spaces: false },
  });
  await summarizer(TEXTS, { ...options, streamer: words });
  assertEquals(text, decoded.join(""));
});

Deno.test("stop_strings need no tokenizer of the caller", async () => {
  using translator = await loadTask("translation", "mbart");
  const languages = { src_lang: "en_XX", tgt_lang: "ro_RO" };
  const text = "Isabella Thorpe left Bath for London on Monday.";
  const options = { ...languages, num_beams: 1 };
  const [{ translation_text: whole }] = await translator(text, options);
  const stop = whole.split(" ")[3];
  const [{ translation_text }] = await translator(text, { ...options, stop_strings: stop });
  assertEquals(translation_text, whole.slice(0, whole.indexOf(stop) + stop.length));
  assert(translation_text.length < whole.length);
});

Deno.test("clean_up_tokenization_spaces takes the spaces before punctuation away", async () => {
  using writer = await loadTask("text2text-generation", "bart");
  const { tokenizer } = writer;
  const [word, space, dot] = tokenizer.convert_tokens_to_ids(["Ġthe", "Ġ", "."]);
  const options: WritingOptions = {
    num_beams: 1,
    max_length: 5,
    forced_decoder_ids: [[1, word], [2, space], [3, dot]],
  };
  assertEquals(await writer("a", options), [{ generated_text: " the ." }]);
  assertEquals(await writer("a", { ...options, clean_up_tokenization_spaces: true }), [
    { generated_text: " the." },
  ]);
});

Deno.test("long documents are an error, or truncated, or read by LSG", async () => {
  using summarizer = await loadTask("summarization", "bart");
  const long = LINE.repeat(12);
  const options: WritingOptions = { num_beams: 1, max_length: 8 };
  await assertRejects(
    () => summarizer(["a", long], options),
    RangeError,
    "Cannot run text 1: it has ",
  );
  using lsg = await loadTask("summarization", "bart", LSG);
  assertEquals(lsg.maxLength, 512);
  // Only who reads all of it can tell how it ends.
  const other = `${long}${"sea, sea! ".repeat(20)}`;
  const cut = { ...options, truncation: true };
  assertEquals(await summarizer(long, cut), await summarizer(other, cut));
  assertNotEquals(await lsg(long, options), await lsg(other, options));
});

Deno.test("a signal stops the call within a step, and releases its memory", async () => {
  const device = new CpuBackend();
  using summarizer = await pipeline("summarization", taskModel("bart"), { device });
  const held = device.memory();
  for (const num_beams of [1, 3]) {
    const controller = new AbortController();
    const reason = new Error("no longer needed");
    let steps = 0;
    const call = summarizer(TEXTS, {
      num_beams,
      min_length: 0,
      max_length: 40,
      signal: controller.signal,
      stopping_criteria: (ids) => {
        if (++steps === 3) controller.abort(reason);
        return ids.map(() => false);
      },
    });
    assertStrictEquals(await assertRejects(() => call), reason);
    assertEquals(steps, 3);
    assertEquals(device.memory(), held);
  }
});

Deno.test("neither the tokenizer nor the settings are changed", async () => {
  using translator = await loadTask("translation", "mbart50");
  const { tokenizer } = translator;
  const before = [tokenizer.src_lang, tokenizer.tgt_lang, tokenizer.encode("a")];
  const options = Object.freeze({ src_lang: "de_DE", tgt_lang: "ro_RO", max_length: 5 });
  const first = await translator("a", options);
  assertEquals(options, { src_lang: "de_DE", tgt_lang: "ro_RO", max_length: 5 });
  assertEquals([tokenizer.src_lang, tokenizer.tgt_lang, tokenizer.encode("a")], before);
  await translator("a", { ...options, tgt_lang: "fr_XX" });
  assertEquals(await translator("a", options), first);
});

const WRONG: [Record<string, unknown>, typeof TypeError | typeof RangeError, string][] = [
  [{ num_beam: 2 }, TypeError, "Cannot generate with num_beam: wanted settings of generation"],
  [{ num_beams: 0 }, RangeError, "num_beams 0: wanted a whole number"],
  [{ max_length: 900 }, RangeError, "at most 64, the decoder's positions"],
  [{ num_return_sequences: 9 }, RangeError, "num_return_sequences 9: wanted at most num_beams"],
  [{ truncation: 1 }, TypeError, "Cannot write with truncation 1: wanted true or false"],
  [{ layer_callback: "log" }, TypeError, 'Cannot write with layer_callback "log"'],
  [{ clean_up_tokenization_spaces: "no" }, TypeError, "clean_up_tokenization_spaces"],
  [{ signal: true }, TypeError, "wanted an AbortSignal"],
  [{ streamer: {} }, RangeError, "streamer"],
  [{ streamer: new Recorder(), num_beams: 2 }, RangeError, "num_beams: 1"],
  [{ input_ids: [[5]] }, TypeError, "Cannot write with input_ids: wanted settings such as"],
  [{ attention_mask: [[1]], decoder_input_ids: [[2]] }, TypeError, "attention_mask, decoder_in"],
  [{ return_dict_in_generate: true }, TypeError, "return_dict_in_generate: wanted settings"],
  [{ output_scores: false, past_key_values: null }, TypeError, "with output_scores: wanted"],
  [{ global_attention_mask: [[1]] }, RangeError, "text 0 of 8 tokens with a global_attention_mask"],
  [{ src_lang: "en_XX" }, TypeError, "src_lang"],
];

for (const [options, error, message] of WRONG) {
  Deno.test(`summarization refuses ${Object.keys(options)}: ${message}`, async () => {
    using summarizer = await loadTask("summarization", "bart");
    await assertRejects(() => summarizer("the", options as WritingOptions), error, message);
  });
}

Deno.test("summarization refuses what is not a text, or no options", async () => {
  using summarizer = await loadTask("summarization", "bart");
  for (const texts of [7, [7], null, ["a", undefined]]) {
    await assertRejects(() => summarizer(texts as unknown as string), TypeError, "string");
  }
  await assertRejects(() => summarizer([]), RangeError);
  for (const options of [7, null]) {
    await assertRejects(
      () => summarizer("a", options as unknown as WritingOptions),
      TypeError,
      "wanted an object",
    );
  }
});

Deno.test("null means that an option is absent", async () => {
  using summarizer = await loadTask("summarization", "bart");
  const nulls = {
    truncation: null,
    layer_callback: null,
    clean_up_tokenization_spaces: null,
    global_attention_mask: null,
    signal: null,
    streamer: null,
    past_key_values: null,
    return_dict_in_generate: null,
    input_ids: null,
    num_beams: undefined,
  } as unknown as WritingOptions;
  assertEquals(await summarizer(LINE, nulls), await summarizer(LINE));
});
