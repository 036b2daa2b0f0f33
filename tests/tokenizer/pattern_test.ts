import { ALL_READERS } from "../../tokenizer/all_readers.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { JsonPart } from "../../tokenizer/json_part.ts";
import { findMatches, readPattern } from "../../tokenizer/pattern.ts";

const read = (pattern: unknown) =>
  readPattern(new JsonPart({ pattern }, "normalizer of x"), ALL_READERS);
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

Deno.test("readPattern() reads the escapes and classes that tokenizers use", () => {
  assertEquals(found({ Regex: "['\\\"]|\\-|\\@|\\#" }, "'\"-@#"), ["'", '"', "-", "@", "#"]);
  const smiles = "(\\[[^\\]]+]|Br?|Cl?|N|O|S|\\%[0-9]{2}|[0-9])";
  assertEquals(found({ Regex: smiles }, "[nH]BrC%12="), ["[nH]", "Br", "C", "%12"]);
  assertEquals(found({ Regex: "\\w+|[^\\w\\s]+" }, "été_1 漢!?"), ["été_1", "漢", "!?"]);
  assertEquals(found({ Regex: "\\p{Han}+|\\p{Hiragana}" }, "a漢字ひ"), ["漢字", "ひ"]);
  assertEquals(found({ Regex: "[[:punct:]]+|[[:^alpha:]]" }, "a.$ b"), [".$", " "]);
  assertEquals(found({ Regex: "a++b|a*+" }, "aab aa"), ["aab", "aa"]);
  assertEquals(found({ Regex: "(?:\\r?\\n)+(?!\\r?\\n)" }, "a\r\n\nb\n"), ["\r\n\n", "\n"]);
  assertEquals(found({ Regex: "\\bx\\B" }, "xy x yx"), ["x"]);
});

Deno.test("findMatches() skips an empty match right after another match", () => {
  assertEquals(found({ Regex: "b*" }, "aabc"), ["", "", "b", ""]);
  assertEquals(found({ Regex: "^|b" }, "ab"), ["", "b"]);
});

Deno.test("readPattern() refuses patterns that are not supported", () => {
  for (const pattern of [undefined, "a", { String: "" }, { Regex: 5 }, {}]) {
    assertThrows(() => read(pattern), TypeError, "wanted a String or a Regex");
  }
  for (const Regex of ["(", "*a", "\\p{Foo}", "(a)\\1", "[b-a]", "a".repeat(20_000)]) {
    assertThrows(() => read({ Regex }), TypeError, JSON.stringify(Regex).slice(0, 50));
  }
});
