import { assertEquals } from "@std/assert";
import { AlignedText } from "../../../tokenizer/aligned_text.ts";
import { byteLevelWords, spaceLetter } from "../../../tokenizer/pre_tokenizers/byte_level.ts";
import { spellRanges } from "../spell_ranges.ts";

const words = (text: string, add_prefix_space = false, use_regex = true) =>
  byteLevelWords(new AlignedText(text), { add_prefix_space, use_regex }).map(spellRanges);
const texts = (text: string) => words(text).map((word) => word.text);

Deno.test("byteLevelWords() keeps a space with the word after it, and splits off contractions", () => {
  assertEquals(texts("I'll go  on 42x?!"), ["I", "'ll", "Ġgo", "Ġ", "Ġon", "Ġ42", "x", "?!"]);
  assertEquals(texts("a \n"), ["a", "ĠĊ"]);
});

Deno.test("byteLevelWords() treats U+0085 as white space, not U+FEFF", () => {
  assertEquals(texts("a\u0085b").length, 3);
  assertEquals(texts("!\uFEFF!").length, 1);
});

Deno.test("byteLevelWords() writes each byte as a letter of its own", () => {
  const every = Array.from({ length: 0x110 }, (_, i) => String.fromCodePoint(i)).join("");
  const bytes = new TextEncoder().encode(every);
  const [word] = words(every, false, false);
  const byteOf = new Map<string, number>();
  for (const [i, letter] of [...word.text].entries()) {
    assertEquals(byteOf.get(letter) ?? bytes[i], bytes[i]);
    byteOf.set(letter, bytes[i]);
  }
  assertEquals(word.text.length, bytes.length);
  assertEquals(byteOf.size, new Set(bytes).size);
  assertEquals(byteOf.get(spaceLetter), 0x20);
});

Deno.test("byteLevelWords() aligns every byte with its whole character", () => {
  assertEquals(words("😀é")[0].starts, [0, 0, 0, 0]);
  const [first, second] = words("é 😀");
  assertEquals([first.starts, first.ends], [[0, 0], [1, 1]]);
  assertEquals([second.starts, second.ends], [[1, 2, 2, 2, 2], [2, 4, 4, 4, 4]]);
});

Deno.test("byteLevelWords() adds a space aligned with the first character", () => {
  assertEquals(words("😀", true), [{
    text: "ĠðŁĺĢ",
    starts: [0, 0, 0, 0, 0],
    ends: [2, 2, 2, 2, 2],
  }]);
  assertEquals(words(" a", true)[0].text, "Ġa");
});
