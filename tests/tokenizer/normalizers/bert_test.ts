import { assertEquals, assertThrows } from "@std/assert";
import { AlignedText } from "../../../tokenizer/aligned_text.ts";
import { JsonPart } from "../../../tokenizer/json_part.ts";
import { bertNormalizer } from "../../../tokenizer/normalizers/bert.ts";
import { spellRanges } from "../spell_ranges.ts";

const none = {
  clean_text: false,
  handle_chinese_chars: false,
  strip_accents: false,
  lowercase: false,
};
const normalize = (text: string, settings: object) =>
  spellRanges(
    bertNormalizer(new JsonPart({ ...none, ...settings }, "normalizer of x"))(
      new AlignedText(text),
    ),
  );

Deno.test("bertNormalizer() removes control and zero-width characters", () => {
  assertEquals(normalize("a\tb\0c\u200Dd\uFFFD\u3000e", { clean_text: true }), {
    text: "a bcd e",
    starts: [0, 1, 2, 4, 6, 8, 9],
    ends: [1, 2, 3, 5, 7, 9, 10],
  });
});

Deno.test("bertNormalizer() puts spaces around ideographs of all planes, not around kana", () => {
  const { text, starts } = normalize("a中\u{20000}か", { handle_chinese_chars: true });
  assertEquals(text, "a 中  \u{20000} か");
  assertEquals(starts, [0, 1, 1, 1, 2, 2, 2, 2, 4]);
  // Of an extension that BERT lacks.
  assertEquals(normalize("\u{2B820}", { handle_chinese_chars: true }).text, "\u{2B820}");
});

Deno.test("bertNormalizer() strips accents by default if it lowercases", () => {
  assertEquals(normalize("\u00C9\u0130", { lowercase: true, strip_accents: null }).text, "ei");
  assertEquals(normalize("\u00C9", { lowercase: true }).text, "\u00E9");
  assertEquals(normalize("\u00C9", { strip_accents: true }).text, "E");
  assertEquals(normalize("\u00C9", { strip_accents: null }).text, "\u00C9");
});

Deno.test("bertNormalizer() refuses settings of another type", () => {
  assertThrows(() => normalize("a", { lowercase: "yes" }), TypeError, "lowercase");
});
