import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MemorySource } from "../../../checkpoint/mod.ts";
import {
  AutoTokenizer,
  type ChatTemplateOptions,
  type PreTrainedTokenizer,
  tokenizerFromFiles,
} from "../../../tokenizer/mod.ts";

const ONE = "{% for m in messages %}{{ m.role ~ ':' ~ m.content }};{% endfor %}" +
  "{% if add_generation_prompt %}assistant:{% endif %}";

const tokenizerJson = {
  model: {
    type: "BPE",
    vocab: { "<s>": 0, "</s>": 1, a: 2, b: 3, ":": 4, ";": 5, u: 6, s: 7, e: 8, r: 9, "<": 10 },
    merges: [],
  },
  added_tokens: ["<s>", "</s>"].map((content, id) => ({
    ...{ id, content, special: true, single_word: false },
    ...{ lstrip: false, rstrip: false, normalized: false },
  })),
  post_processor: {
    type: "TemplateProcessing",
    single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
    pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
    special_tokens: { "<s>": { id: "<s>", ids: [0], tokens: ["<s>"] } },
  },
};

async function load(
  chat_template?: unknown,
  files: Record<string, string> = {},
  config: object = {},
): Promise<PreTrainedTokenizer> {
  const tokenizerConfig = { bos_token: "<s>", eos_token: "</s>", pad_token: "</s>", chat_template };
  const all = {
    "tokenizer.json": JSON.stringify(tokenizerJson),
    "tokenizer_config.json": JSON.stringify(tokenizerConfig),
    "config.json": JSON.stringify({ architectures: ["LlamaForCausalLM"], ...config }),
    ...files,
  };
  const encoder = new TextEncoder();
  return await AutoTokenizer.from_pretrained(
    new MemorySource(
      Object.fromEntries(Object.entries(all).map(([name, text]) => [name, encoder.encode(text)])),
    ),
  );
}

const messages = [{ role: "user", content: "ab" }];
const text = (tokenizer: PreTrainedTokenizer, options: ChatTemplateOptions = {}) =>
  tokenizer.apply_chat_template(messages, { ...options, tokenize: false });

Deno.test("a conversation becomes a text, ids, a tensor, or inputs without more special tokens", async () => {
  const tokenizer = await load(`{{ bos_token }}${ONE}`);
  assertEquals(text(tokenizer), "<s>user:ab;");
  assertEquals(text(tokenizer, { add_generation_prompt: true }), "<s>user:ab;assistant:");
  const ids = [0, 6, 7, 8, 9, 4, 2, 3, 5];
  const call = tokenizer.apply_chat_template.bind(tokenizer);
  assertEquals(call(messages, { return_tensor: false, return_dict: false }), ids);
  assertEquals(call(messages, { return_dict: false }).tolist(), [ids.map(BigInt)]);
  const { input_ids, attention_mask } = call(messages);
  assertEquals([input_ids.dims, attention_mask.dims], [[1, 9], [1, 9]]);
  const cut = call(messages, {
    ...{ return_tensor: false, padding: "max_length", max_length: 12 },
    tokenizer_kwargs: { return_special_tokens_mask: true },
  });
  assertEquals(cut.input_ids, [...ids, 1, 1, 1]);
  assertEquals(cut.special_tokens_mask, [...Array(9).fill(0), 1, 1, 1]);
  assertEquals(
    call(messages, { return_tensor: false, truncation: true, max_length: 4 }).input_ids,
    ids.slice(0, 4),
  );
  // As in transformers 4.36 and 5 and in transformers.js, whose truncation is false by default.
  assertEquals(call(messages, { return_tensor: false, max_length: 4 }).input_ids, ids);
});

Deno.test("templates come from the config, a list in it, or files", async () => {
  assertEquals((await load(ONE)).chat_template, ONE);
  assertEquals((await load()).chat_template, null);
  const list = [{ name: "default", template: "d" }, { name: "tool_use", template: "t" }];
  const named = await load([...list, { name: "rag", template: "{{ documents[0].title }}" }]);
  assertEquals(text(named), "d");
  assertEquals(text(named, { tools: [{}] }), "t");
  assertEquals(text(named, { chat_template: "rag", documents: [{ title: "x" }] }), "x");
  assertEquals(text(named, { chat_template: "own {{ extra }}", extra: 5 }), "own 5");
  const file = await load("old", { "chat_template.jinja": "new" });
  assertEquals(file.chat_template, "new");
  const additional = { "additional_chat_templates/rag.jinja": "r" };
  const folder = await load(undefined, { "chat_template.jinja": "new", ...additional });
  assertEquals(folder.chat_template, { default: "new", rag: "r" });
  await assertRejects(() => load([{ name: 1 }]), TypeError, "chat_template has");
  // A model that is no decoder is not asked for the file.
  const bert = await load(undefined, { "chat_template.jinja": "new" }, {
    architectures: ["BertModel"],
  });
  assertEquals(bert.chat_template, null);
  const without = await load([{ name: "rag", template: "r" }]);
  assertThrows(() => text(without), RangeError, "one of rag");
});

Deno.test("what is null in a message is absent, as in transformers 5.24", async () => {
  const tokenizer = await load(ONE);
  const calls = [{ role: "assistant", content: null, tool_calls: [{ name: "f" }] }];
  const chat_template =
    "{% for m in messages %}{{ m.content }};{{ m.content is defined }};{{ m.tool_calls | length }}" +
    "{% endfor %}";
  const text = tokenizer.apply_chat_template(calls, { chat_template, tokenize: false });
  assertEquals(text, ";False;1");
});

Deno.test("the last message is gone on with", async () => {
  const tokenizer = await load(ONE);
  const open = [...messages, { role: "assistant", content: "a: " }];
  const options = { tokenize: false, continue_final_message: true } as const;
  assertEquals(tokenizer.apply_chat_template(open, options), "user:ab;assistant:a: ");
  // As transformers: the template trims the mark, and Python's white space before it goes.
  const chat_template = "{{ messages[-1].content.strip() }}";
  const spaced = [{ role: "assistant", content: " a\ufeff\x85 " }];
  const trimmed = tokenizer.apply_chat_template(spaced, { ...options, chat_template });
  assertEquals(trimmed, "a\ufeff");
  assertThrows(
    () => tokenizer.apply_chat_template(open, { ...options, add_generation_prompt: true }),
    RangeError,
    "wanted one of them",
  );
  assertThrows(
    () => tokenizer.apply_chat_template([{ role: "a" }], options),
    RangeError,
    "has no text",
  );
  const hidden = { ...options, chat_template: "x" };
  assertThrows(() => tokenizer.apply_chat_template(open, hidden), RangeError, "leaves the last");
});

Deno.test("wrong calls are refused", async () => {
  const tokenizer = await load(ONE);
  const wrong: [unknown, Record<string, unknown>, string][] = [
    ["hello", {}, "wanted a list of messages"],
    [[], {}, "wanted at least one"],
    [["hello"], {}, "message 0"],
    [[{ content: "a" }], {}, "wanted an object with role and content"],
    [messages, { tokenize: "no" }, "tokenize"],
    [messages, { add_generation_prompt: 1 }, "add_generation_prompt"],
    [messages, { tools: {} }, "tools"],
    [messages, { documents: ["x"] }, "documents"],
    [messages, { chat_template: 5 }, "wanted a text in Jinja"],
    [messages, { padding: "longest" }, "padding"],
    [messages, { tokenizer_kwargs: 5 }, "tokenizer_kwargs 5: wanted an object"],
    [messages, { tokenizer_kwargs: [] }, "tokenizer_kwargs []: wanted an object"],
  ];
  for (const [given, options, message] of wrong) {
    const error = assertThrows(
      () => tokenizer.apply_chat_template(given as typeof messages, options),
      Error,
      message,
    );
    assertEquals(["TypeError", "RangeError"].includes(error.name), true);
  }
  const none = await load();
  assertThrows(() => text(none), TypeError, "the tokenizer has none");
  assertEquals(text(none, { chat_template: "x" }), "x");
  assertEquals(
    tokenizerFromFiles({ tokenizerJson, chatTemplates: "y" }).chat_template,
    "y",
  );
});
