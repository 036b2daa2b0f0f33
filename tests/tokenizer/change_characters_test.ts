import { assertEquals } from "@std/assert";
import { alignText } from "../../tokenizer/aligned_text.ts";
import { changeCharacters, type CharacterChange } from "../../tokenizer/change_characters.ts";

/** Each character of the result with the part of the original that it stands for. */
function places(text: string, changes: CharacterChange[]): [string, string][] {
  const result = changeCharacters(alignText(text), changes);
  return Array.from(result.text, (unit, i) => [unit, text.slice(result.starts[i], result.ends[i])]);
}

Deno.test("changeCharacters() replaces, adds behind and swallows", () => {
  assertEquals(places("a😀b", [["x", 0], ["y", 0], ["z", 0]]), [["x", "a"], ["y", "😀"], [
    "z",
    "b",
  ]]);
  assertEquals(places("ab", [["x", 0], ["y", 1], ["z", 0]]), [["x", "a"], ["y", "a"], ["z", "b"]]);
  assertEquals(places("a😀bc", [["x", -2], ["y", 0]]), [["x", "a"], ["y", "c"]]);
});

Deno.test("changeCharacters() gives both halves of a pair the same place", () => {
  const { starts, ends } = changeCharacters(alignText("ab"), [["a", 0], ["😀", 0]]);
  assertEquals([starts, ends], [[0, 1, 1], [1, 2, 2]]);
});

Deno.test("changeCharacters() puts what is added in front of everything at the start", () => {
  const { starts, ends } = changeCharacters(alignText("a"), [["x", 1], ["a", 0]]);
  assertEquals([starts, ends], [[0, 0], [0, 1]]);
});
