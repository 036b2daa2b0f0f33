import { assert, assertEquals, assertRejects } from "@std/assert";
import { TextStreamer } from "../../generation/mod.ts";
import {
  type ChatGenerationResult,
  type Conversation,
  pipeline,
  type TextGenerationOptions,
  type TextGenerationPipeline,
  type TextGenerationResult,
} from "../../pipelines/mod.ts";
import { taskModel } from "./task_goldens.ts";
import "../helpers/quiet_reference.ts";

interface Goldens {
  readonly texts: readonly {
    readonly name: string;
    readonly options: TextGenerationOptions;
    readonly texts: readonly string[];
    readonly results: readonly (readonly string[])[];
  }[];
  readonly chats: readonly {
    readonly name: string;
    readonly options: TextGenerationOptions;
    readonly chats: readonly Conversation[];
    readonly prompts: readonly string[];
    readonly answers: readonly (readonly string[])[];
  }[];
}

const goldens: Goldens = JSON.parse(
  await Deno.readTextFile(new URL("../golden/pipelines/text_generation.json", import.meta.url)),
);

const MODEL = taskModel("llama_chat");
const CHAT = [{ role: "user", content: "Who left Bath?" }];

async function withGenerator(
  body: (generator: TextGenerationPipeline) => Promise<void>,
  options: object = {},
) {
  using generator = await pipeline("text-generation", MODEL, { device: "cpu", ...options });
  await body(generator);
}

for (const { name, options, texts, results } of goldens.texts) {
  Deno.test(`text-generation continues texts as in Python: ${name}`, () =>
    withGenerator(async (generator) => {
      const wanted = results.map((list) => list.map((generated_text) => ({ generated_text })));
      // All texts together.
      assertEquals<unknown>(await generator(texts, options), wanted);
      assertEquals<unknown>(await generator(texts[2], options), wanted[2]);
    }));
}

for (const { name, options, chats, prompts, answers } of goldens.chats) {
  Deno.test(`text-generation answers conversations as in Python: ${name}`, () =>
    withGenerator(async (generator) => {
      const { tokenizer } = generator;
      const written = chats.map((chat) =>
        tokenizer.apply_chat_template(chat, { tokenize: false, add_generation_prompt: true })
      );
      assertEquals(written, prompts);
      const wanted = chats.map((chat, i) =>
        answers[i].map((content) => ({
          generated_text: [...chat, { role: "assistant", content }],
        }))
      );
      assertEquals<unknown>(await generator(chats, options), wanted);
      assertEquals<unknown>(await generator(chats[1], options), wanted[1]);
    }));
}

Deno.test("text-generation streams what it returns, never half a character", () =>
  withGenerator(async (generator) => {
    const options = { max_new_tokens: 30, repetition_penalty: 1.3 };
    for (const given of [CHAT, "café 😀 你"] as const) {
      const words: string[] = [];
      const streamer = new TextStreamer(generator.tokenizer, {
        skip_prompt: true,
        skip_special_tokens: true,
        callback_function: (text) => words.push(text),
      });
      const settings = { ...options, streamer, return_full_text: false };
      const [{ generated_text }] = await generator(given as string, settings);
      const all = words.join("");
      const wanted: unknown = typeof given === "string"
        ? generated_text
        : (generated_text as unknown as Conversation).at(-1)!.content;
      assertEquals(all, wanted);
      assert(words.length > 1);
    }
  }));

Deno.test("text-generation has the results' types of transformers.js", () =>
  withGenerator(async (generator) => {
    const options = { max_new_tokens: 2 };
    const one: TextGenerationResult[] = await generator("The", options);
    const several: TextGenerationResult[][] = await generator(["The"], options);
    const chat: ChatGenerationResult[] = await generator(CHAT, options);
    const chats: ChatGenerationResult[][] = await generator([CHAT], options);
    assertEquals([several, chats], [[one], [chat]]);
    assert(one[0].generated_text.startsWith("The"));
    assertEquals(chat[0].generated_text.map(({ role }) => role), ["user", "assistant"]);
  }));

Deno.test("text-generation draws by seeds that batches share", () =>
  withGenerator(async (generator) => {
    const options = { do_sample: true, seed: 3, num_return_sequences: 2, max_new_tokens: 5 };
    const [first, second] = await generator(["The", "Who left"], options);
    assertEquals([first.length, second.length], [2, 2]);
    assertEquals(await generator("The", options), first);
    assertEquals(await generator("Who left", { ...options, seed: 5 }), second);
  }));

Deno.test("text-generation passes templates, their variables and the tokenizer's options on", () =>
  withGenerator(async (generator) => {
    const chat_template = "{{ tools | length }}{{ documents[0].text }}{{ extra }}" +
      "{% for m in messages %}{{ m.content }}{% endfor %}{% if add_generation_prompt %}!{% endif %}";
    const given = { tools: [{}, {}], documents: [{ text: "d" }] };
    const options = { max_new_tokens: 4 };
    const [chat] = await generator(CHAT, {
      ...{ ...options, ...given, chat_template },
      tokenizer_encode_kwargs: { extra: "x" },
    });
    const [text] = await generator("2dxWho left Bath?!", { ...options, return_full_text: false });
    assertEquals<unknown>(chat.generated_text.at(-1)!.content, text.generated_text);
    const open = [...CHAT, { role: "assistant", content: "The " }];
    const [continued] = await generator(open, {
      ...{ ...options, chat_template: "{% for m in messages %}{{ m.content }}{% endfor %}" },
      tokenizer_encode_kwargs: { continue_final_message: true },
    });
    const [whole] = await generator("Who left Bath?The ", { ...options, return_full_text: false });
    assertEquals<unknown>(continued.generated_text, [
      CHAT[0],
      { role: "assistant", content: `The ${whole.generated_text}` },
    ]);
    const cut = await generator("The river ran past the old house", {
      ...{ ...options, return_full_text: true },
      tokenizer_encode_kwargs: { truncation: true, max_length: 2 },
    });
    assert(!cut[0].generated_text.startsWith("The river ran past"));
  }));

Deno.test("text-generation goes on far beyond the trained length with Self-Extend, and stops", () =>
  withGenerator(async (generator) => {
    const long = "The river ran past the old house. ".repeat(12);
    const settings = { max_new_tokens: 3, return_full_text: false };
    const plain = await generator(long, settings);
    const extended = await generator(long, { ...settings, self_extend: "auto" });
    assert(extended[0].generated_text !== plain[0].generated_text);
    const chosen = { group_size: 8, window_size: 16 };
    await generator(long, { ...settings, self_extend: chosen });
    const controller = new AbortController();
    const stopped = generator(long, { ...settings, signal: controller.signal });
    controller.abort(new Error("enough"));
    await assertRejects(() => stopped, Error, "enough");
    const short = await generator(long, { ...settings, truncation: true });
    assertEquals(short.length, 1);
  }));

Deno.test("text-generation takes null and undefined as absent", () =>
  withGenerator(async (generator) => {
    const options = { max_new_tokens: 2 };
    for (const absent of [null, undefined]) {
      const names = "input_ids past_key_values output_scores tools documents chat_template " +
        "tokenizer_encode_kwargs add_special_tokens return_full_text truncation";
      const all = Object.fromEntries(names.split(" ").map((name) => [name, absent]));
      assertEquals(await generator("The", { ...options, ...all }), await generator("The", options));
    }
    const off = { ...options, add_special_tokens: false };
    assertEquals(await generator(CHAT, off), await generator(CHAT, options));
  }));

const WRONG: [unknown, object, string][] = [
  [5, {}, "wanted a text"],
  [[], {}, "at least one text"],
  [[5], {}, "wanted a text"],
  [["a", CHAT], {}, "wanted a text"],
  [[{ role: "user" }], {}, "wanted a text"],
  ["", {}, "it is empty"],
  ["a", { max_tokens: 3 }, "max_tokens"],
  ["a", { input_ids: [[1]] }, "input_ids"],
  ["a", { past_key_values: null, output_scores: true }, "output_scores"],
  ["a", { return_full_text: "no" }, "return_full_text"],
  ["a", { add_special_tokens: 1 }, "add_special_tokens"],
  ["a", { self_extend: { group_size: 0, window_size: 4 } }, "group_size"],
  ["a", { chat_template: "x" }, "chat_template: wanted a conversation"],
  ["a", { tools: [{}], documents: [{}] }, "tools, documents: wanted a conversation"],
  ["a", { tokenizer_encode_kwargs: { padding: true, return_tensor: false } }, "padding, return_"],
  ["a", { tokenizer_encode_kwargs: { return_overflowing_tokens: true } }, "return_overflowing_tok"],
  ["a", { tokenizer_encode_kwargs: { truncation: "no" } }, "truncation"],
  [CHAT, { add_special_tokens: true }, "add_special_tokens: wanted a text"],
  [CHAT, { tokenizer_encode_kwargs: { truncation: true } }, "truncation: wanted variables"],
  [CHAT, { chat_template: 5 }, "wanted a text in Jinja"],
  [CHAT, { tools: 5 }, "tools"],
];

for (const [given, options, message] of WRONG) {
  const shown = JSON.stringify([given, options]);
  Deno.test(`text-generation refuses ${shown}`, () =>
    withGenerator(async (generator) => {
      const error = await assertRejects(() => generator(given as string, options), Error, message);
      assert(error instanceof TypeError || error instanceof RangeError);
    }));
}
