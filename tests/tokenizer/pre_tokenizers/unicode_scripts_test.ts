import { assert, assertEquals } from "@std/assert";
import { AlignedText } from "../../../tokenizer/aligned_text.ts";
import { scriptWords } from "../../../tokenizer/pre_tokenizers/unicode_scripts.ts";
import { readJson } from "../goldens.ts";
import { spellRanges } from "../spell_ranges.ts";

const { scripts }: { scripts: [string, string[]][] } = await readJson("expressions.json");

Deno.test("scriptWords() splits where Python's tokenizers do", () => {
  assert(scripts.length > 100);
  for (const [text, words] of scripts) {
    assertEquals(scriptWords(new AlignedText(text)).map((word) => word.text), words, text);
  }
});

Deno.test("scriptWords() keeps the alignment, and removes spaces at the start", () => {
  const words = scriptWords(new AlignedText("  a 漢ひ"));
  assertEquals(words.map(spellRanges).map(({ text, starts }) => [text, starts]), [["a ", [2, 3]], [
    "漢ひ",
    [4, 5],
  ]]);
});
