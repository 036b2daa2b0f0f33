import { assertEquals, assertThrows } from "@std/assert";
import { ALL_READERS } from "../../tokenizer/all_readers.ts";
import { readTemplate as read } from "../../tokenizer/read_template.ts";
import { applyTemplate } from "../../tokenizer/template.ts";
import type { Token } from "../../tokenizer/text_to_tokens.ts";

const readTemplate = (value: unknown, name: string) => read(value, name, ALL_READERS);

const tokens = (...ids: number[]): Token[] =>
  ids.map((id) => ({ token: `t${id}`, id, start: id, end: id + 1, word: id }));
const plain = { cls: ["[CLS]", 1], sep: ["[SEP]", 2] };

/** The ids and token types of a pair. */
function pair(config: unknown): [number[], number[]] {
  const template = readTemplate(config, "post_processor");
  const row = applyTemplate(template.pair, [tokens(7, 8), tokens(9)], true, 0);
  return [[...row.ids], [...row.typeIds!]];
}

Deno.test("readTemplate() reads each kind of post-processor", () => {
  const pieces = [
    { SpecialToken: { id: "[CLS]", type_id: 0 } },
    { Sequence: { id: "A", type_id: 0 } },
    { Sequence: { id: "B", type_id: 1 } },
    { SpecialToken: { id: "two", type_id: 1 } },
  ];
  const special_tokens = {
    "[CLS]": { id: "[CLS]", ids: [1], tokens: ["[CLS]"] },
    "two": { id: "two", ids: [3, 4], tokens: ["x", "y"] },
  };
  const templated = {
    type: "TemplateProcessing",
    single: pieces.toSpliced(2, 1),
    pair: pieces,
    special_tokens,
  };
  assertEquals(pair({ type: "RobertaProcessing", ...plain }), [
    [1, 7, 8, 2, 2, 9, 2],
    [0, 0, 0, 0, 0, 0, 0],
  ]);
  assertEquals(pair({ type: "BertProcessing", ...plain }), [
    [1, 7, 8, 2, 9, 2],
    [0, 0, 0, 0, 1, 1],
  ]);
  assertEquals(pair(templated), [[1, 7, 8, 9, 3, 4], [0, 0, 0, 1, 1, 1]]);
  assertEquals(pair({ type: "ByteLevel" }), [[7, 8, 9], [0, 0, 1]]);
  assertEquals(pair(null), [[7, 8, 9], [0, 0, 1]]);
  const byteLevel = { type: "ByteLevel", trim_offsets: true, add_prefix_space: true };
  const sequence = { type: "Sequence", processors: [byteLevel, templated] };
  assertEquals(pair(sequence)[0], [1, 7, 8, 9, 3, 4]);
  assertEquals(readTemplate(sequence, "").trim, { addPrefixSpace: true });
});

Deno.test("readTemplate() takes from a Sequence a layout without special tokens, too", () => {
  const special_tokens = { "[SEP]": { id: "[SEP]", ids: [6], tokens: ["[SEP]"] } };
  const templated = {
    type: "TemplateProcessing",
    single: [{ Sequence: { id: "A", type_id: 1 } }],
    pair: [
      { Sequence: { id: "B", type_id: 0 } },
      { SpecialToken: { id: "[SEP]", type_id: 0 } },
      { Sequence: { id: "A", type_id: 1 } },
    ],
    special_tokens,
  };
  const sequence = { type: "Sequence", processors: [{ type: "ByteLevel" }, templated] };
  // As the tokenizers package, 0.15 and 0.23.
  assertEquals(pair(sequence), [[9, 6, 7, 8], [0, 0, 1, 1]]);
  const { single } = readTemplate(sequence, "");
  assertEquals(single, [{ sequence: 0, typeId: 1 }]);
  // Python lays out three parts by BERT's rule, which is made for two.
  const bert = { type: "BertProcessing", ...plain };
  const twice = { type: "Sequence", processors: [sequence, bert] };
  assertThrows(() => readTemplate(twice, "x"), TypeError, "after one that adds special tokens");
});

Deno.test("readTemplate() refuses malformed post-processors", () => {
  const template = (piece: unknown, special_tokens: unknown = {}) => ({
    type: "TemplateProcessing",
    single: [piece],
    pair: [],
    special_tokens,
  });
  const special = { SpecialToken: { id: "x", type_id: 0 } };
  for (
    const config of [
      5,
      [],
      {},
      { type: "Other" },
      { type: "RobertaProcessing", cls: "<s>", sep: ["</s>", 2] },
      { type: "BertProcessing", cls: ["[CLS]", 1] },
      { type: "TemplateProcessing" },
      { type: "Sequence" },
      { type: "Sequence", processors: [{ type: "Other" }] },
      template(null),
      template({ Sequence: { id: "C", type_id: 0 } }),
      template({ Sequence: { id: "A" } }),
      template(special),
      template({ SpecialToken: { id: "__proto__", type_id: 0 } }),
      template(special, { x: { tokens: ["x"] } }),
      template({ Sequence: { id: "A", type_id: -1 } }),
      template({ Sequence: { id: "B", type_id: 0 } }),
      { type: "ByteLevel", trim_offsets: 1 },
    ]
  ) {
    const read = () => readTemplate(config, "post_processor of some.json");
    assertThrows(read, TypeError, "post_processor of some.json");
  }
});

Deno.test("readTemplate() refuses ids that are out of bounds", () => {
  for (const id of [-1, 1.5, 4e9, "1", null]) {
    const template = {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "x", type_id: 0 } }],
      pair: [],
      special_tokens: { x: { ids: [id], tokens: ["x"] } },
    };
    assertThrows(() => readTemplate(template, "x"), RangeError, `has id ${JSON.stringify(id)}`);
    const bert = { type: "BertProcessing", cls: ["[CLS]", id], sep: ["[SEP]", 2] };
    assertThrows(() => readTemplate(bert, "x"), RangeError, '"[CLS]" has id');
  }
});

Deno.test("readTemplate() refuses templates that multiply the text or the special tokens", () => {
  const text = { Sequence: { id: "A", type_id: 0 } };
  const special = { SpecialToken: { id: "x", type_id: 0 } };
  const template = (single: object[], ids = [1]) => ({
    type: "TemplateProcessing",
    single,
    pair: [text, { Sequence: { id: "B", type_id: 1 } }],
    special_tokens: { x: { id: "x", ids, tokens: [] } },
  });
  assertEquals(readTemplate(template(new Array(8).fill(text)), "t").single.length, 8);
  const many = template(new Array(2000).fill(text));
  assertThrows(() => readTemplate(many, "t"), TypeError, "2000 texts");
  const tokens = template([text, ...new Array(200).fill(special)], new Array(100).fill(1));
  assertThrows(() => readTemplate(tokens, "t"), TypeError, "20000 special tokens");
});
