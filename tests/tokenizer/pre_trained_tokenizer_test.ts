import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { Tensor } from "../../tensor/tensor.ts";
import { PreTrainedTokenizer } from "../../tokenizer/mod.ts";
import { smallTokenizer } from "./small_tokenizer.ts";

Deno.test("PreTrainedTokenizer is callable and an instance of its class", () => {
  const tokenizer = smallTokenizer();
  assertInstanceOf(tokenizer, PreTrainedTokenizer);
  assertEquals(typeof tokenizer, "function");
});

Deno.test("PreTrainedTokenizer returns int64 tensors [rows, tokens]", () => {
  const tokenizer = smallTokenizer();
  const one = tokenizer("ab");
  assertInstanceOf(one.input_ids, Tensor);
  assertEquals([one.input_ids.type, one.input_ids.dims], ["int64", [1, 3]]);
  assertEquals(one.input_ids.tolist(), [[0n, 12n, 2n]]);
  assertEquals(Object.keys(one), ["input_ids", "attention_mask"]);
  const two = tokenizer(["ab", "ab a"], { padding: true, return_special_tokens_mask: true });
  assertEquals(two.attention_mask.tolist(), [[1n, 1n, 1n, 0n, 0n], [1n, 1n, 1n, 1n, 1n]]);
  assertEquals(two.special_tokens_mask!.tolist(), [[1n, 0n, 1n, 1n, 1n], [1n, 0n, 0n, 0n, 1n]]);
  assertEquals(tokenizer("", { add_special_tokens: false }).input_ids.dims, [1, 0]);
});

Deno.test("PreTrainedTokenizer returns arrays of the same depth as the input", () => {
  const tokenizer = smallTokenizer();
  const options = { return_tensor: false, return_offsets_mapping: true } as const;
  assertEquals(tokenizer("ab", options).input_ids, [0, 12, 2]);
  assertEquals(tokenizer("ab", options).offset_mapping, [[0, 0], [0, 2], [0, 0]]);
  assertEquals(tokenizer(["ab", "a b"], options).input_ids, [[0, 12, 2], [0, 10, 13, 11, 2]]);
  const windows = tokenizer("a b", {
    ...options,
    max_length: 4,
    truncation: true,
    return_overflowing_tokens: true,
  });
  assertEquals(windows.input_ids, [[0, 10, 13, 2], [0, 11, 2]]);
  assertEquals(windows.overflow_to_sample_mapping, [0, 0]);
});

Deno.test("PreTrainedTokenizer returns token types if asked for, or if the config says so", () => {
  const pair = { text_pair: "b", return_tensor: false } as const;
  assertEquals(smallTokenizer()("a", pair).token_type_ids, undefined);
  const named = smallTokenizer({}, { model_input_names: ["input_ids", "token_type_ids"] });
  assertEquals(named("a", pair).token_type_ids, [0, 0, 0, 0, 0, 0]);
  assertEquals(named("a", { ...pair, return_token_type_ids: false }).token_type_ids, undefined);
});

Deno.test("PreTrainedTokenizer truncates to the model's length only on request", () => {
  const tokenizer = smallTokenizer();
  const long = "a ".repeat(20);
  assertEquals(tokenizer(long).input_ids.dims, [1, 42]);
  assertEquals(tokenizer(long, { truncation: true }).input_ids.dims, [1, 8]);
  assertEquals(tokenizer(long, { truncation: true, max_length: 20 }).input_ids.dims, [1, 20]);
  tokenizer.model_max_length = 16;
  assertEquals(tokenizer(long, { truncation: true }).input_ids.dims, [1, 16]);
  assertEquals(tokenizer("a", { padding: "max_length" }).input_ids.dims, [1, 16]);
});

Deno.test("PreTrainedTokenizer refuses values that are not texts", () => {
  const tokenizer = smallTokenizer();
  for (const text of [undefined, null, 5, {}, ["a", 5], [["a"]]]) {
    assertThrows(() => tokenizer(text as unknown as string), TypeError, "wanted a string");
  }
  assertThrows(() => tokenizer([]), RangeError, "empty batch");
  for (const text of ["\uD83D", "a\uDE00b", "\uDE00\uD83D"]) {
    assertThrows(() => tokenizer(text), RangeError, "surrogate");
    assertThrows(() => tokenizer("a", { text_pair: text }), RangeError, "text_pair");
    assertThrows(() => tokenizer(["a", text]), RangeError, "text[1]");
  }
  assertThrows(() => tokenizer(["a", "b"], { text_pair: ["c"] }), RangeError, "as many");
  assertThrows(() => tokenizer("a", { text_pair: ["c"] }), TypeError, "both");
});

Deno.test("PreTrainedTokenizer refuses options that cannot be satisfied", () => {
  const tokenizer = smallTokenizer();
  assertThrows(() => tokenizer(["a", "a b"]), RangeError, "padding: true");
  const unpaddable = smallTokenizer({}, { pad_token: null });
  assertThrows(() => unpaddable("a", { padding: true }), RangeError, "no pad_token");
  assertThrows(() => tokenizer("a", { max_length: 1 }), RangeError, "special tokens");
  const windows = { truncation: true, return_overflowing_tokens: true, stride: 2 };
  assertThrows(() => tokenizer("a", { ...windows, max_length: 4 }), RangeError, "stride of 2");
  assertEquals(tokenizer("a", { ...windows, max_length: 5 }).input_ids.dims, [1, 3]);
  const unknown = { trunctaion: true } as Record<string, unknown>;
  assertThrows(() => tokenizer("a", unknown), TypeError, "with trunctaion: wanted");
  assertThrows(() => tokenizer.encode("a", unknown), TypeError, "with trunctaion: wanted");
  assertThrows(() => tokenizer.decode([1], unknown), TypeError, "with trunctaion: wanted");
  const no = { skip_special_tokens: "no" } as Record<string, unknown>;
  assertThrows(() => tokenizer.decode([1], no), TypeError, 'skip_special_tokens "no": wanted true');
});

Deno.test("a padding token may be chosen, as in Python", () => {
  const tokenizer = smallTokenizer({}, { pad_token: null });
  assertEquals([tokenizer.pad_token, tokenizer.pad_token_id], [undefined, undefined]);
  const pad = () => tokenizer(["a", "a b"], { padding: true, return_tensor: false }).input_ids;
  assertThrows(pad, RangeError, "as by tokenizer.pad_token = tokenizer.eos_token");
  tokenizer.pad_token = tokenizer.eos_token;
  assertEquals([tokenizer.pad_token, tokenizer.pad_token_id], ["</s>", 2]);
  assertEquals(pad()[0].at(-1), 2);
  tokenizer.pad_token = "ab";
  assertEquals([tokenizer.pad_token_id, tokenizer.all_special_ids.includes(12)], [12, true]);
  // By its id, as in Python and transformers.js; the one before is no longer special.
  tokenizer.pad_token_id = 10;
  assertEquals([tokenizer.pad_token, tokenizer.pad_token_id], ["a", 10]);
  assertEquals(tokenizer.all_special_ids.filter((id) => id >= 10), [10]);
  assertEquals(pad()[0].at(-1), 10);
  assertThrows(() => tokenizer.pad_token_id = 99, RangeError, "pad_token_id to 99: wanted an id");
  assertThrows(() => tokenizer.pad_token_id = undefined, RangeError, "wanted an id");
  tokenizer.pad_token = "ab";
  assertThrows(() => tokenizer.pad_token = "none", RangeError, 'the pad_token "none"');
  assertThrows(() => tokenizer.pad_token = undefined, TypeError, "wanted a token");
  assertEquals(tokenizer.pad_token, "ab");
});

Deno.test("PreTrainedTokenizer refuses arguments of a wrong type", () => {
  // deno-lint-ignore no-explicit-any
  const tokenizer = smallTokenizer() as any;
  const wrong: [() => unknown, string][] = [
    [() => tokenizer.encode(["a"]), 'Cannot tokenize text, ["a"]: wanted a string'],
    [() => tokenizer.encode(), "Cannot tokenize text, undefined: wanted a string"],
    [() => tokenizer.tokenize(["a"]), 'Cannot tokenize text, ["a"]: wanted a string'],
    [() => tokenizer.tokenize("a", null), "Cannot encode with the options null"],
    [() => tokenizer.batch_decode(null), "Cannot decode null: wanted a list of rows"],
    [() => tokenizer.batch_decode("ab"), 'Cannot decode "ab": wanted a list of rows'],
    [() => tokenizer.batch_decode([10, 11]), "Cannot decode 10: wanted a list of ids"],
    [
      () => tokenizer.convert_tokens_to_string("ab"),
      'Cannot convert "ab": wanted a list of tokens',
    ],
    [() => tokenizer.convert_tokens_to_string([1]), "Cannot convert tokens with 1: wanted strings"],
    [() => tokenizer.convert_tokens_to_ids([["a"]]), "Cannot convert tokens with "],
    [() => tokenizer.convert_tokens_to_ids(5), "Cannot convert 5: wanted a list of tokens"],
    [() => tokenizer.convert_tokens_to_ids(), "Cannot convert undefined: wanted a list"],
  ];
  for (const [call, message] of wrong) assertThrows(call, TypeError, message);
  assertEquals(tokenizer.convert_tokens_to_ids(new Set(["ab"])), [12]);
});

Deno.test("PreTrainedTokenizer refuses settings that are set to something else", () => {
  const wrong: [string, unknown, typeof TypeError | typeof RangeError][] = [
    ["padding_side", "middle", RangeError],
    ["truncation_side", 5, TypeError],
    ["model_max_length", "x", TypeError],
    ["model_max_length", NaN, RangeError],
  ];
  for (const [name, value, type] of wrong) {
    const tokenizer = Object.assign(smallTokenizer(), { [name]: value });
    assertThrows(() => tokenizer("a"), type, `Cannot tokenize with ${name} `);
  }
});

Deno.test("PreTrainedTokenizer encodes and tokenizes", () => {
  const tokenizer = smallTokenizer();
  assertEquals(tokenizer.encode("a", { text_pair: "" }), [0, 10, 2, 2, 2]);
  assertEquals(tokenizer.encode("a <mask>", { add_special_tokens: false }), [10, 4]);
  assertEquals(tokenizer.tokenize("ab a"), ["ab", "Ġ", "a"]);
  assertEquals(tokenizer.tokenize("a", { add_special_tokens: true }), ["<s>", "a", "</s>"]);
});

Deno.test("PreTrainedTokenizer decodes lists, bigints and tensors", () => {
  const tokenizer = smallTokenizer();
  const { input_ids } = tokenizer(["ab a", "b<mask>"], { padding: true });
  assertEquals(tokenizer.batch_decode(input_ids), ["<s>ab a</s>", "<s>b<mask></s><pad>"]);
  const skip = { skip_special_tokens: true };
  assertEquals(tokenizer.batch_decode(input_ids, skip), ["ab a", "b"]);
  const row = new Tensor("int64", BigInt64Array.of(10n, 13n), [2]);
  assertEquals(tokenizer.decode(row), "a ");
  assertEquals(tokenizer.decode([10n, 13n]), "a ");
  // A batch of one, as in transformers.js; of several batch_decode() is asked for.
  assertEquals(tokenizer.decode(tokenizer("ab a").input_ids, skip), "ab a");
  assertThrows(() => tokenizer.decode(input_ids), TypeError, "batch_decode takes several rows");
  assertEquals(tokenizer.decode([]), "");
  assertEquals(tokenizer.decode([0, 2], skip), "");
});

Deno.test("PreTrainedTokenizer decodes the letters of an added token literally", () => {
  // ï is also the letter of a byte; Python's tokenizers decode it as that byte, to U+FFFD.
  const tokenizer = smallTokenizer({
    added_tokens: [{ id: 20, content: "naïve", special: false }],
  }, { mask_token: null });
  assertEquals(tokenizer.decode([10, 20]), "anaïve");
});

Deno.test("PreTrainedTokenizer refuses invalid ids", () => {
  const tokenizer = smallTokenizer();
  for (const id of [5, 14, -1, 1e9]) {
    assertThrows(() => tokenizer.decode([0, id]), RangeError, `id ${id}`);
    assertThrows(() => tokenizer.convert_ids_to_tokens(id), RangeError, `id ${id}`);
  }
  for (const ids of ["ab", [0.5], ["a"], [null], 5, null, {}, [[0]]]) {
    assertThrows(() => tokenizer.decode(ids as unknown as number[]), TypeError, "Cannot decode");
  }
});

Deno.test("PreTrainedTokenizer converts between tokens and ids", () => {
  const tokenizer = smallTokenizer();
  assertEquals(tokenizer.convert_tokens_to_ids("ab"), 12);
  assertEquals(tokenizer.convert_tokens_to_ids(["ab", "<mask>", "none"]), [12, 4, 3]);
  assertEquals(tokenizer.convert_ids_to_tokens(12n), "ab");
  assertEquals(tokenizer.convert_ids_to_tokens([12, 4]), ["ab", "<mask>"]);
  const strict = smallTokenizer({}, { unk_token: null });
  assertThrows(() => strict.convert_tokens_to_ids("none"), RangeError, "none");
});

Deno.test("PreTrainedTokenizer knows its special tokens", () => {
  const tokenizer = smallTokenizer();
  assertEquals([tokenizer.mask_token, tokenizer.mask_token_id], ["<mask>", 4]);
  assertEquals([tokenizer.bos_token_id, tokenizer.cls_token_id], [0, 0]);
  assertEquals([tokenizer.eos_token_id, tokenizer.sep_token_id], [2, 2]);
  assertEquals([tokenizer.pad_token_id, tokenizer.unk_token_id], [1, 3]);
  assertEquals(tokenizer.all_special_tokens, ["<s>", "</s>", "<unk>", "<pad>", "<mask>"]);
  assertEquals(tokenizer.all_special_ids, [0, 2, 3, 1, 4]);
  assert(smallTokenizer({}, { mask_token: null }).mask_token_id === undefined);
});

Deno.test("PreTrainedTokenizer aligns texts of 400,000 characters and words of 100,000", () => {
  const tokenizer = smallTokenizer();
  for (const text of ["ab a b ".repeat(60_000), "a".repeat(100_000), " ".repeat(100_000) + "a"]) {
    const { offset_mapping } = tokenizer(text, {
      return_tensor: false,
      return_offsets_mapping: true,
      add_special_tokens: false,
    });
    assertEquals(offset_mapping!.at(-1)![1], text.trimEnd().length + (text.endsWith(" ") ? 1 : 0));
  }
});

Deno.test("word_ids are the indices of words, null for special tokens and padding", () => {
  const tokenizer = smallTokenizer();
  const options = { return_tensor: false, return_word_ids: true } as const;
  const single = tokenizer("aab ab", options);
  assertEquals(single.input_ids, [0, 10, 12, 13, 12, 2]);
  assertEquals(single.word_ids, [null, 0, 0, 1, 1, null]);
  const [short] = tokenizer(["a", "aab"], { ...options, padding: true }).word_ids!;
  assertEquals(short, [null, 0, null, null]);
  // Each text of a pair is counted separately.
  const pair = tokenizer("a", { ...options, text_pair: "b b" });
  assertEquals(pair.word_ids, [null, 0, null, null, 0, 1, 1, null]);
});

Deno.test("convert_tokens_to_string() accepts tokens that the vocabulary lacks", () => {
  const tokenizer = smallTokenizer();
  assertEquals(tokenizer.convert_tokens_to_string(["ab", "Ġ", "b", "Ġc"]), "ab b c");
  assertEquals(tokenizer.convert_tokens_to_string([]), "");
});

Deno.test("_encodeRows() returns typed arrays, with types if asked for", () => {
  const tokenizer = smallTokenizer();
  const [short, long] = tokenizer._encodeRows(["a", "ab a"]);
  assertEquals(short.ids, Int32Array.of(0, 10, 2));
  assertEquals([short.typeIds, long.sample], [undefined, 1]);
  assertEquals([...long.starts, ...long.ends], [0, 0, 2, 3, 0, 0, 2, 3, 4, 0]);
  const [typed] = tokenizer._encodeRows("a", { return_token_type_ids: true, text_pair: "b" });
  assertEquals(typed.typeIds, new Int32Array(6));
  const padded = tokenizer._encodeRows(["a", "ab a"], { padding: true });
  assertEquals(padded.map((row) => [...row.mask]), [[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]]);
});
