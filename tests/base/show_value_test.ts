import { assert, assertEquals } from "@std/assert";
import { showName, showNames, showUnquoted, showValue } from "../../base/show_value.ts";

Deno.test("showValue() gives JSON, and names for values that JSON lacks", () => {
  const shown: [unknown, string][] = [
    ["a\u001b[2J", '"a\\u001b[2J"'],
    [{ a: [1, null], b: "x", c: undefined }, '{"a":[1,null],"b":"x"}'],
    [NaN, "NaN"],
    [-Infinity, "-Infinity"],
    [[Infinity, 5n, undefined, Symbol("s")], '["Infinity","5","undefined","Symbol(s)"]'],
    [5n, "5"],
    [Symbol("s"), "Symbol(s)"],
    [() => 1, "a function"],
    [undefined, "undefined"],
    [null, "null"],
    [true, "true"],
    [new Float32Array([1, 2]), "[1,2]"],
    [Object.create(null), "{}"],
    ['"\\', '"\\"\\\\"'],
  ];
  for (const [value, text] of shown) assertEquals(showValue(value), text);
});

Deno.test("showValue() does not call functions of the value", () => {
  assertEquals(showValue({ toString: 1, valueOf: 1 }), '{"toString":1,"valueOf":1}');
  const fails = () => {
    throw new Error("called");
  };
  assertEquals(showValue({ toJSON: fails, toString: fails }).startsWith('{"toJSON":'), true);
  const hostile = new Proxy({}, { ownKeys: fails });
  assertEquals(showValue(hostile), "an object that cannot be shown");
});

Deno.test("showValue() shows the outside of deep, cyclic and large values", () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  for (const value of [JSON.parse("[".repeat(1e5) + "]".repeat(1e5)), cyclic]) {
    assertEquals(showValue(value), "[[[[[[[[…]]]]]]]]");
  }
  let read = 0;
  const large = new Proxy(new Array(1e9), { get: (_, key) => key === "length" ? 1e9 : ++read });
  assertEquals(showValue(large).length, 81);
  assert(read < 100, `read ${read} items`);
});

Deno.test("showValue() truncates long text", () => {
  assertEquals(showValue("x".repeat(1000)), `"${"x".repeat(79)}…`);
  assertEquals(showValue("\u001b".repeat(1000)), `"${"\\u001b".repeat(13)}\\…`);
  assertEquals(showValue({ ["k".repeat(1000)]: 1 }), `{"${"k".repeat(78)}…`);
});

Deno.test("showUnquoted() differs from showValue() in the quotes of strings", () => {
  assertEquals(["a\n", 1, [1, "a"]].map(showUnquoted), ["a\\u000a", "1", '[1,"a"]']);
});

Deno.test("showName() escapes what a terminal obeys, and truncates", () => {
  assertEquals(showName("encoder.größe.日本"), "encoder.größe.日本");
  const unsafe = "\u001b]0;x\u0007\r\n\u009b31m\u007f\u202e\u2066\u2028\ud800";
  assertEquals(
    showName(unsafe),
    "\\u001b]0;x\\u0007\\u000d\\u000a\\u009b31m\\u007f\\u202e\\u2066\\u2028\\ud800",
  );
  assertEquals(showName("x".repeat(201)), "x".repeat(200) + "…");
  assertEquals(showName("x".repeat(199) + "😀"), "x".repeat(199) + "…");
});

Deno.test("showNames() lists as many names as fit, and counts the others", () => {
  assertEquals(showNames(["a", "b"]), "a, b");
  const many = Array.from({ length: 1000 }, (_, i) => `encoder.layer.${i}.weight`);
  const text = showNames(many);
  assert(text.startsWith("encoder.layer.0.weight, encoder.layer.1.weight, "), text);
  const shown = text.split(", ").length;
  assert(text.endsWith(` and ${1000 - shown} more`) && text.length < 400, text);
  assertEquals(showNames(["x".repeat(1000), "y"]), `${"x".repeat(200)}…, y`);
  assertEquals(showNames([]), "");
});
