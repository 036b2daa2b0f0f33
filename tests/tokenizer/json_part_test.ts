import { assert, assertEquals, assertThrows } from "@std/assert";
import { tokenizerFromFiles } from "../../tokenizer/mod.ts";
import { JsonPart } from "../../tokenizer/json_part.ts";

const part = new JsonPart(
  { text: "a", yes: true, four: 4, list: [1], none: null, half: "\uD83D" },
  "decoder of some.json",
);

Deno.test("JsonPart reads settings, null as absent", () => {
  assertEquals(part.get("none"), undefined);
  assertEquals(part.get("toString"), undefined);
  assertEquals([part.string("text"), part.string("none", "b")], ["a", "b"]);
  assertEquals([part.boolean("yes", false), part.boolean("none", false)], [true, false]);
  assertEquals([part.count("four", 1), part.count("none", 1)], [4, 1]);
  assertEquals([part.oneOf("text", ["a", "b"]), part.oneOf("none", ["a", "b"], "b")], ["a", "b"]);
  assertEquals(part.list("list"), [1]);
});

Deno.test("JsonPart refuses other values and names the setting and the part", () => {
  const message = (key: string) => `Cannot read decoder of some.json: ${key} is`;
  assertThrows(() => part.string("four"), TypeError, message("four"));
  assertThrows(() => part.string("none"), TypeError, message("none"));
  assertThrows(() => part.string("half"), TypeError, message("half"));
  assertThrows(() => part.boolean("text", true), TypeError, message("text"));
  assertThrows(() => part.count("text", 1), TypeError, message("text"));
  assertThrows(() => new JsonPart({ n: -1 }, "x").count("n", 1), TypeError, "n is -1");
  assertThrows(() => part.oneOf("text", ["b"]), TypeError, message("text"));
  assertThrows(() => part.list("text"), TypeError, message("text"));
  assertThrows(() => new JsonPart([], "decoder of x"), TypeError, "decoder of x: wanted an object");
});

Deno.test("messages of malformed parts are short and without control characters", () => {
  const long = "\x1b[31m\x9b" + "a".repeat(1_000_000);
  for (
    const files of [
      { model: long },
      { model: { type: long } },
      { model: { type: "BPE", vocab: { [long]: -1 }, merges: [] } },
      { model: { type: "BPE", vocab: {}, merges: [long] } },
      { model: { type: "WordPiece", vocab: {}, unk_token: long } },
      { model: { type: "Unigram", vocab: [[long, null]] } },
      { normalizer: { type: long } },
      { pre_tokenizer: { type: "Split", pattern: { Regex: long + "(" }, behavior: "Isolated" } },
      {
        pre_tokenizer: { type: "Split", pattern: { Regex: `\\p{${long}}` }, behavior: "Isolated" },
      },
      { decoder: { type: long } },
      { post_processor: { type: "BertProcessing", cls: long, sep: long } },
      { added_tokens: [{ content: long, id: -1 }] },
    ]
  ) {
    const model = { type: "WordPiece", vocab: { "[UNK]": 0 } };
    const tokenizerJson = { model, ...files } as Record<string, unknown>;
    const { message } = assertThrows(() => tokenizerFromFiles({ tokenizerJson }), Error);
    assert(message.length < 500 && !/\p{Cc}/u.test(message), message.slice(0, 600));
  }
});

Deno.test("tokenizers whose steps or prefixes multiply the time of a word are refused", () => {
  const vocab = { "[UNK]": 0, a: 1 };
  const model = { type: "WordPiece", vocab };
  const nested = (count: number, step: unknown, type: string, key: string): unknown => ({
    type,
    [key]: [step, { type, [key]: Array(count - 1).fill(step) }],
  });
  const long = "#".repeat(101);
  const refused: [(count: number) => unknown, string][] = [
    [
      (count) => ({ normalizer: nested(count, { type: "NFC" }, "Sequence", "normalizers") }),
      "normalizers has 33 steps; wanted at most 32",
    ],
    [
      (count) => ({
        pre_tokenizer: nested(count, { type: "Whitespace" }, "Sequence", "pretokenizers"),
      }),
      "pretokenizers has 33 steps",
    ],
    [
      (count) => ({ decoder: nested(count, { type: "Fuse" }, "Sequence", "decoders") }),
      "decoders has 33 steps",
    ],
    [
      (count) => ({
        normalizer: {
          type: "Sequence",
          normalizers: Array(count).fill({ type: "Sequence", normalizers: [] }),
        },
      }),
      "normalizers has 33 steps",
    ],
  ];
  for (const [make, message] of refused) {
    const load = (count: number) =>
      tokenizerFromFiles({ tokenizerJson: { model, ...make(count) as Record<string, unknown> } });
    load(32).encode("a a");
    assertThrows(() => load(33), TypeError, message);
  }
  const bpe = { type: "BPE", vocab: { a: 0 }, merges: [] };
  for (
    const [part, key] of [
      [model, "continuing_subword_prefix"],
      [bpe, "continuing_subword_prefix"],
      [bpe, "end_of_word_suffix"],
    ] as const
  ) {
    const load = (affix: string) =>
      tokenizerFromFiles({ tokenizerJson: { model: { ...part, [key]: affix } } });
    load(long.slice(1)).encode("a a");
    assertThrows(() => load(long), TypeError, `${key} has 101 letters; wanted at most 100`);
  }
});
