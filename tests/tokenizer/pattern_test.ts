import { assertEquals, assertThrows } from "@std/assert";
import { JsonPart } from "../../tokenizer/json_part.ts";
import { findMatches, readPattern } from "../../tokenizer/pattern.ts";

const read = (pattern: unknown) => readPattern(new JsonPart({ pattern }, "normalizer of x"));
const found = (pattern: unknown, text: string) =>
  Array.from(findMatches(text, read(pattern)), ({ start, end }) => text.slice(start, end));

Deno.test("readPattern() matches a String literally", () => {
  assertEquals(found({ String: ".(*)" }, "a.(*)b.(*)"), [".(*)", ".(*)"]);
  assertEquals(found({ String: "a-b/" }, "a-b/"), ["a-b/"]);
});

Deno.test("readPattern() translates classes to Unicode's", () => {
  assertEquals(found({ Regex: "\\s" }, "a \u0085\uFEFF"), [" ", "\u0085"]);
  assertEquals(found({ Regex: "[^\\S ]" }, " \u0085"), ["\u0085"]);
  assertEquals(found({ Regex: "\\d+" }, "12\u0663x"), ["12\u0663"]);
  assertEquals(found({ Regex: "a.b[.]" }, "a\rb. a\nb."), ["a\rb."]);
  assertEquals(found({ Regex: "\\.^" }, "a"), []);
});

Deno.test("readPattern() refuses a repeated choice, which may never end", () => {
  for (
    const Regex of [
      ..."(a+)+$ (?:a*b?)*c ((a+)b)+ (a{2,})+ x|(\\s*,?)+y (a?){50}b ((a?)){2,30}".split(" "),
      ..."(a|a)*b (?:a|ab)+c (?<n>a|a)*b (?i:a{1,2})* (?=(a|a)*b)".split(" "),
    ]
  ) {
    assertThrows(() => read({ Regex }), TypeError, "repeats a choice", Regex);
  }
  for (
    const Regex of [
      ..."(a+)b+ (a+)? \\(a+\\)+ [(a+)]+ (\\d{3})* (a+){2} (a)+(b)+ (?:ab)* [(a|b)]*".split(" "),
      ..."\\d{1,3}(?=(?:\\d{3})*$) (?=a)b*|c (?:a|b)c+ (?<!a)b+ (a|b)?c*".split(" "),
      "'s|'t| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+", // GPT-2
    ]
  ) {
    assertEquals(read({ Regex }).flags, "gmu", Regex);
  }
});

Deno.test("findMatches() skips an empty match right after another match", () => {
  assertEquals(found({ Regex: "b*" }, "aabc"), ["", "", "b", ""]);
  assertEquals(found({ Regex: "^|b" }, "ab"), ["", "b"]);
});

Deno.test("readPattern() refuses patterns that are not supported", () => {
  for (const pattern of [undefined, "a", { String: "" }, { Regex: 5 }, {}]) {
    assertThrows(() => read(pattern), TypeError, "wanted a String or a Regex");
  }
  for (const Regex of ["(", "(?>a)", "\\w+", "a\\b", "[\\W]", "\\h"]) {
    assertThrows(() => read({ Regex }), TypeError, JSON.stringify(Regex));
  }
});
