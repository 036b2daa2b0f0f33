import { assertEquals } from "@std/assert";
import { AlignedText } from "../../tokenizer/aligned_text.ts";
import { changeCharacters, type CharacterChange } from "../../tokenizer/change_characters.ts";
import { spellRanges } from "./spell_ranges.ts";

/** Each character of the result with its part of the original. */
function origins(text: string, changes: CharacterChange[]): [string, string][] {
  const result = spellRanges(changeCharacters(new AlignedText(text), changes));
  return Array.from(result.text, (unit, i) => [unit, text.slice(result.starts[i], result.ends[i])]);
}

Deno.test("changeCharacters() replaces, inserts and deletes", () => {
  assertEquals(origins("a😀b", [["x", 0], ["y", 0], ["z", 0]]), [["x", "a"], ["y", "😀"], [
    "z",
    "b",
  ]]);
  assertEquals(origins("ab", [["x", 0], ["y", 1], ["z", 0]]), [["x", "a"], ["y", "a"], ["z", "b"]]);
  assertEquals(origins("a😀bc", [["x", -2], ["y", 0]]), [["x", "a"], ["y", "c"]]);
});

Deno.test("changeCharacters() gives both halves of a surrogate pair the same range", () => {
  const { starts, ends } = spellRanges(
    changeCharacters(new AlignedText("ab"), [["a", 0], ["😀", 0]]),
  );
  assertEquals([starts, ends], [[0, 1, 1], [1, 2, 2]]);
});

Deno.test("changeCharacters() puts an insertion before the first character at the start", () => {
  const { starts, ends } = spellRanges(
    changeCharacters(new AlignedText("a"), [["x", 1], ["a", 0]]),
  );
  assertEquals([starts, ends], [[0, 0], [0, 1]]);
});
