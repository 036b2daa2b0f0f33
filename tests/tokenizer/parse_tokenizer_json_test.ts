import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseJsonObject } from "../../base/json.ts";
import { parseTokenizerJson } from "../../tokenizer/parse_tokenizer_json.ts";
import { TokenTable } from "../../tokenizer/token_models/token_table.ts";

function parse(text: string): Record<string, unknown> {
  return parseTokenizerJson(text, "tokenizer.json");
}

/** The content with the table as an object, and whether there was one. */
function plain(text: string): { content: unknown; isTable: boolean } {
  const content = parse(text) as { model?: { vocab?: unknown } };
  const vocab = content.model?.vocab;
  if (!(vocab instanceof TokenTable)) return { content, isTable: false };
  return {
    content: { ...content, model: { ...content.model, vocab: Object.fromEntries(vocab) } },
    isTable: true,
  };
}

Deno.test("parseTokenizerJson() reads the model's vocabulary into a table", () => {
  for (
    const text of [
      '{"model": {"vocab": {"a": 0}}}',
      '{"model":{"type":"BPE","vocab":{"a":0,"b":10},"merges":["a b"]},"decoder":{"vocab":{"c":1}}}',
      ' {\t"model" :\r\n{ "x" : [{}], "vocab"\n:\t{ "a" : 16777216 , "" : 1 } } } ',
      '{"added_tokens": [{"content": "\\"model\\": {"}], "model": {"vocab": {"\\"\\\\": 1}}}',
      '{"vocab": {"b": 2}, "x": {"vocab": {"b": 2}}, "model": {"vocab": {"__proto__x": 1}}}',
      '{"model": {"x": {"vocab": {"b": 2}}, "y": [{"vocab": {"b": 2}}], "vocab": {"😀": 7}}}',
      '{"model": {"vocab": {"a token of more than twelve letters": 1, "\\ud83d\\u00e9\\n": 2}}}',
    ]
  ) assertEquals(plain(text), { content: JSON.parse(text), isTable: true }, text);
  const order = parse('{"model": {"vocab": {"b": 2, "1": 1, "0": 3}}}').model as {
    vocab: TokenTable;
  };
  assertEquals([...order.vocab], [["b", 2], ["1", 1], ["0", 3]]);
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
    ]
  ) assertEquals(plain(text), { content: JSON.parse(text), isTable: false }, text);
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
  assert(plain(many(10)).isTable);
});
