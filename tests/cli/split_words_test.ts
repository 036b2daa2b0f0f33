import { assertEquals } from "@std/assert";
import { splitWords } from "../../cli/split_words.ts";

Deno.test("splitWords() keeps letters and digits", () => {
  assertEquals(splitWords("It's 12,000—naïve!"), ["it", "s", "12", "000", "na", "ve"]);
  assertEquals(splitWords("…"), []);
});
