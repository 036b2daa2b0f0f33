import { assertEquals } from "@std/assert";
import { showValue } from "../../base/show_value.ts";

Deno.test("showValue() gives JSON, and names for values that JSON lacks", () => {
  const shown: [unknown, string][] = [
    ["a\u001b[2J", '"a\\u001b[2J"'],
    [{ a: [1, null] }, '{"a":[1,null]}'],
    [NaN, "NaN"],
    [-Infinity, "-Infinity"],
    [[Infinity, 5n], '["Infinity","5"]'],
    [5n, "5"],
    [undefined, "undefined"],
    [null, "null"],
  ];
  for (const [value, text] of shown) assertEquals(showValue(value), text);
});

Deno.test("showValue() does not fail on deep or cyclic objects", () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  for (const value of [JSON.parse("[".repeat(1e5) + "]".repeat(1e5)), cyclic]) {
    assertEquals(showValue(value), "an object that is too deep to show");
  }
});

Deno.test("showValue() truncates long text", () => {
  assertEquals(showValue("x".repeat(1000)), `"${"x".repeat(79)}…`);
});
