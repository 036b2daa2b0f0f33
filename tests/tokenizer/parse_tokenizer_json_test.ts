import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseJsonObject } from "../../base/json.ts";
import { parseTokenizerJson } from "../../tokenizer/parse_tokenizer_json.ts";
import { MergeList } from "../../tokenizer/token_models/merge_list.ts";
import { TokenTable } from "../../tokenizer/token_models/token_table.ts";

function parse(text: string): Record<string, unknown> {
  return parseTokenizerJson(new TextEncoder().encode(text), "tokenizer.json");
}

/** The content with tables as objects, and the keys that were tables. */
function plain(text: string): { content: unknown; tables: string[] } {
  const content = parse(text) as { model?: Record<string, unknown> };
  const tables: string[] = [];
  for (const [key, value] of Object.entries(content.model ?? {})) {
    if (value instanceof TokenTable) content.model![key] = Object.fromEntries(value);
    else if (value instanceof MergeList) {
      content.model![key] = Array.from(
        { length: value.length },
        (_, rank) => value.parts(rank).join(" "),
      );
    } else continue;
    tables.push(key);
  }
  return { content, tables: tables.sort() };
}

Deno.test("parseTokenizerJson() reads the model's vocabulary into a table", () => {
  for (
    const text of [
      '{"model": {"vocab": {"a": 0}}}',
      '{"model":{"type":"BPE","vocab":{"a":0,"b":10},"merges":[7]},"decoder":{"vocab":{"c":1}}}',
      '{"decoder": {"merges": ["a b"]}, "model": {"merges": ["ab", "a b"], "vocab": {"a": 1}}}',
      ' {\t"model" :\r\n{ "x" : [{}], "vocab"\n:\t{ "a" : 16777216 , "" : 1 } } } ',
      '{"added_tokens": [{"content": "\\"model\\": {"}], "model": {"vocab": {"\\"\\\\": 1}}}',
      '{"vocab": {"b": 2}, "x": {"vocab": {"b": 2}}, "model": {"vocab": {"__proto__x": 1}}}',
      '{"model": {"x": {"vocab": {"b": 2}}, "y": [{"vocab": {"b": 2}}], "vocab": {"😀": 7}}}',
      '{"model": {"vocab": {"a token of more than twelve letters": 1, "\\ud83d\\u00e9\\n": 2}}}',
      '{"model": {"vocab": {"\\b\\f\\n\\r\\t\\/\\\\\\"\\u0041\\uD83D\\ude00": 1, "\x7f\x80\u07ff\u0800\uffff": 2}}}',
    ]
  ) assertEquals(plain(text), { content: JSON.parse(text), tables: ["vocab"] }, text);
  const order = parse('{"model": {"vocab": {"b": 2, "1": 1, "0": 3}}}').model as {
    vocab: TokenTable;
  };
  assertEquals([...order.vocab], [["b", 2], ["1", 1], ["0", 3]]);
});

Deno.test("parseTokenizerJson() reads the model's merges into a list, of both forms", () => {
  for (
    const text of [
      '{"model": {"merges": ["a b"]}}',
      '{"model": {"merges": [ "a b" , "\\u0061 \\"" , " b","a " ] , "x": 1}}',
      '{"model":{"merges":["\u0120 😀","é\ue000 \uffff"]},"vocab":{"a":1}}',
    ]
  ) assertEquals(plain(text), { content: JSON.parse(text), tables: ["merges"] }, text);
  const pairs = parse('{"model": {"merges": [["a b", ""], [ "\\t" , "c" ], "d e"]}}').model as {
    merges: MergeList;
  };
  assertEquals([0, 1, 2].map((rank) => pairs.merges.parts(rank)), [
    ["a b", ""],
    ["\t", "c"],
    ["d", "e"],
  ]);
  const both = plain('{"model": {"merges": [["a", "b"]], "x": [2], "vocab": {"a": 3}}, "y": 4}');
  assertEquals(both, {
    content: { model: { merges: ["a b"], x: [2], vocab: { a: 3 } }, y: 4 },
    tables: ["merges", "vocab"],
  });
});

Deno.test("parseTokenizerJson() gives anything else as parseJsonObject() does", () => {
  for (
    const text of [
      "{}",
      '{"model": {"vocab": {}}}',
      '{"model": {"vocab": [["a", -1.5]]}}',
      '{"model": {"vocab": {"a": "b"}}}',
      '{"model": {"vocab": {"a": -1}}}',
      '{"model": {"vocab": {"a": 1.5}}}',
      '{"model": {"vocab": {"a": 1e3}}}',
      '{"model": {"vocab": {"a": 16777217}}}',
      '{"model": {"vocab": {"a": {}}}}',
      '{"model": ["vocab", {"a": 1}]}',
      '{"x": {"model": {"vocab": {"a": 1}}}, "vocab": {"a": 1}}',
      '{"model": 1, "x": {"vocab": {"a": 1}}}',
      '{"model": {}, "x": {"vocab": {"a": 1}}}',
      '{"mod\\u0065l": {"vocab": {"a": 1}}}',
      '{"merges": ["a b"], "x": {"merges": ["a b"]}}',
      ...['"a b"', '{"a": "b"}', "[]", '["a"]', '["a b", 1]', '["a b c"]', '["a b", ["a"]]'].map((
        merges,
      ) => `{"model": {"merges": ${merges}}}`),
      '{"model": {"merges": [["a", "b", "c"]]}}',
      '{"model": {"merges": [["a", 1]]}}',
    ]
  ) assertEquals(plain(text), { content: JSON.parse(text), tables: [] }, text);
});

Deno.test("parseTokenizerJson() refuses what parseJsonObject() does, in the same words", () => {
  const vocab = '"vocab": {"a": 1}';
  for (
    const text of [
      "",
      "[]",
      `[{"model": {${vocab}}}]`,
      `{"model": {${vocab}`,
      `{"model": {${vocab}}} x`,
      `{"model": {${vocab}, ${vocab}}}`,
      `{"model": {${vocab}, "voc\\u0061b": 1}}`,
      `{"model": {${vocab}}, "model": {}}`,
      `{"model": {"x": 1, "x": 2, ${vocab}}}`,
      `{"x" "model": {${vocab}}}`,
      `{"model": [${vocab}]}`,
      `}{{"model": {${vocab}}}`,
      '{"model": {"vocab": {"a": 1, "a": 2}}}',
      '{"model": {"vocab": {"a": 1, "\\u0061": 2}}}',
      '{"model": {"vocab": {"a": 1,}}}',
      '{"model": {"vocab": {,"a": 1}}}',
      '{"model": {"vocab": {"a": 01}}}',
      '{"model": {"vocab": {"a": }}}',
      '{"model": {"vocab": {"a" 1}}}',
      '{"model": {"vocab": {"a": 1 "b": 2}}}',
      '{"model": {"vocab": {"a": 1]}}',
      '{"model": {"vocab": {"a\n": 1}}}',
      '{"model": {"vocab": {"\\x": 1}}}',
      '{"model": {"vocab": {"a',
      '{"model": {"vocab": {"a\\',
      '{"model": {"vocab":\u00a0{"a": 1}}}',
      '{"model": {"vocab": {"a":\u000b1}}}',
      '{"model": {"merges": ["a b",]}}',
      '{"model": {"merges": ["a b" "c d"]}}',
      '{"model": {"merges": ["a b"}}',
      '{"model": {"merges": [["a" "b"]]}}',
      '{"model": {"merges": ["a \n"]}}',
      '{"model": {"merges": ["a b\\u12"]}}',
      '{"model": {"merges": ["a b\\',
      '{"model": {"merges": ["a b"], "merges": ["a b"]}}',
      `{"model": {"x": ${"[".repeat(127)}${"]".repeat(127)}, ${vocab}}}`,
    ]
  ) {
    const wanted = assertThrows(() => parseJsonObject(text, "tokenizer.json"), SyntaxError);
    const error = assertThrows(() => parse(text), SyntaxError);
    assertEquals(error.message, wanted.message, text);
  }
});

Deno.test("parseTokenizerJson() bounds values and strings of the whole text", () => {
  const vocab = Array.from({ length: 100 }, (_, i) => `"${i}":${i}`).join(",");
  const many = (count: number) =>
    `{"model":{"vocab":{${vocab}},"merges":[${"1,".repeat(count)}1]}}`;
  assertThrows(() => parse(many(2 ** 22 - 50)), RangeError, "too many values");
  assertThrows(
    () => parse(`{"model":{"vocab":{"${"a".repeat(17_000_000)}":1}}}`),
    RangeError,
    "a string of 17000000 characters",
  );
  assert(plain(many(10)).tables.includes("vocab"));
  const merges = (count: number) => `{"model":{"merges":["a b"${',["a","b"]'.repeat(count)}]}}`;
  assertEquals(plain(merges(1000)).tables, ["merges"]);
  assertThrows(() => parse(merges(2 ** 22 / 3)), RangeError, "too many values");
});

Deno.test("parseTokenizerJson() refuses bytes that are not UTF-8, wherever they are", () => {
  const bad = [
    [0x80],
    [0xc0, 0x80],
    [0xc1, 0xbf],
    [0xc3],
    [0xe0, 0x9f, 0xbf],
    [0xed, 0xa0, 0x80],
    [0xef, 0xbf],
    [0xf0, 0x8f, 0xbf, 0xbf],
    [0xf4, 0x90, 0x80, 0x80],
    [0xf8, 0x88, 0x80, 0x80, 0x80],
    [0xff],
  ];
  const encoder = new TextEncoder();
  for (const bytes of bad) {
    for (
      const [before, after] of [['{"', '":1}'], ['{"model":{"vocab":{"a', '":1}}}'], [
        '{"model":{"merges":["a b',
        '"]}}',
      ]]
    ) {
      const text = Uint8Array.of(...encoder.encode(before), ...bytes, ...encoder.encode(after));
      assertThrows(() => parseTokenizerJson(text, "x.json"), SyntaxError, "x.json is not UTF-8");
    }
  }
});
