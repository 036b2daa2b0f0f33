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
