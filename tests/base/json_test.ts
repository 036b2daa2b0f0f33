import { assert, assertEquals, assertThrows } from "@std/assert";
import { isJsonObject, parseJson, parseJsonObject } from "../../base/json.ts";

Deno.test("parseJson() gives the value of JSON.parse", () => {
  const text = '{"a": [1, {"a": "\\"}{"}, {"a": ":"}], "b": {"a": null}, "": "a\\\\"}';
  assertEquals(parseJson(text, "test"), JSON.parse(text));
});

Deno.test("parseJson() throws on duplicate keys", () => {
  for (
    const text of [
      '{"a": 1, "a": 2}',
      '{"a": 1, "b": {"c": [{"d": 1, "d": 2}]}}',
      '{"a": 1, "\\u0061": 2}',
      '{"a": {"a": 1}, "a": {}}',
      '{"x\\"y" : 1, "x\\"y"\n: 2}',
      '{"__proto__": 1, "__proto__": 2}',
      '{"a": {"b": 1, "c": 2}, "a": 1, "d": [":", {}]}',
      `{"a"${" ".repeat(1000)}: 1, "a": 2}`,
    ]
  ) assertThrows(() => parseJson(text, "config.json"), SyntaxError, "twice");
});

Deno.test("parseJson() finds duplicate keys next to and inside of large objects", () => {
  const many = Array.from({ length: 2000 }, (_, i) => `"k${i}":{"a":${i}}`).join(",");
  assertEquals(Object.keys(parseJson(`{${many}}`, "test") as object).length, 2000);
  for (
    const text of [
      `{${many},"k7":1}`,
      `{"x":{${many}},"x":2}`,
      `{"x":{${many}},"y":{"b":1,"b":2}}`,
      `{${many},"y":{"c":[[{"\\\\":1,"\\\\":2}]]}}`,
      `{${many},"y":[${"1,".repeat(2000)}{"b":1,"b":2}]}`,
    ]
  ) assertThrows(() => parseJson(text, "config.json"), SyntaxError, "twice");
});

Deno.test("parseJson() throws on more than 128 levels", () => {
  const nested = (levels: number) => '{"a":['.repeat(levels / 2) + "]}".repeat(levels / 2);
  assertEquals(parseJson(nested(128), "test"), JSON.parse(nested(128)));
  for (const levels of [130, 40_000]) {
    assertThrows(() => parseJson(nested(levels), "tokenizer.json"), SyntaxError, "too deeply");
  }
  assertEquals(parseJson(`[${"[],".repeat(200)}[]]`, "test"), Array(201).fill([]));
});

Deno.test("parseJson() throws on texts that would take much memory, without parsing them", () => {
  const refused: [string, string][] = [
    [`{"a": [${"[],".repeat(3_000_000)}[]]}`, "too many values"],
    [`[${"1,".repeat(5_000_000)}1]`, "too many values"],
    [`{"${"a".repeat(17_000_000)}": 1}`, "a string of 17000000 characters"],
    ["[".repeat(10_000_000), "too deeply"],
    [`["${"\\".repeat(17_000_000)}`, "a string of 17000000 characters"],
  ];
  for (const [text, reason] of refused) {
    const error = assertThrows(() => parseJson(text, "config.json"), Error, reason);
    assert(error instanceof RangeError || error instanceof SyntaxError);
    assert(error.message.length < 200, error.message);
  }
  const many = parseJson(`[${"[],".repeat(1_000_000)}"${"\\\\".repeat(1000)}"]`, "config.json");
  assertEquals((many as unknown[]).length, 1_000_001);
});

Deno.test("parseJson() escapes the text that it quotes", () => {
  for (const text of ["\u001b[31m", '{"a": \u0007}', '{"\u009b": 1, "\u009b": 2}']) {
    const { message } = assertThrows(() => parseJson(text, "config.json"), SyntaxError);
    // deno-lint-ignore no-control-regex -- these must not be there
    assert(!/[\x00-\x1f\x7f-\x9f]/.test(message), JSON.stringify(message));
  }
});

Deno.test("parseJson() names the file of invalid JSON", () => {
  for (const text of ["", "{", '{"a": }', "\u{feff}{}", "{'a': 1}"]) {
    assertThrows(() => parseJson(text, "config.json"), SyntaxError, "config.json is not valid");
  }
});

Deno.test("parseJson() does not touch prototypes", () => {
  const value = parseJsonObject('{"__proto__": {"polluted": 1}}', "test");
  assertEquals(Object.getPrototypeOf(value), Object.prototype);
  assert(Object.hasOwn(value, "__proto__"));
  assertEquals(({} as { polluted?: number }).polluted, undefined);
});

Deno.test("parseJsonObject() throws on values that are not objects", () => {
  for (const text of ["[]", "null", "1", '"{}"']) {
    assertThrows(() => parseJsonObject(text, "config.json"), SyntaxError, "must hold an object");
  }
});

Deno.test("isJsonObject() distinguishes objects from arrays and null", () => {
  assertEquals([{}, [], null, "a", 1].map(isJsonObject), [true, false, false, false, false]);
});
