import { assertEquals, assertStrictEquals } from "@std/assert";
import { rememberWords } from "../../../tokenizer/token_models/remember_words.ts";

Deno.test("rememberWords() tokenizes a word once, and a long one each time", () => {
  const asked: string[] = [];
  const tokenize = rememberWords((word) => {
    asked.push(word);
    return [{ token: word, id: word.length, start: 0, end: word.length }];
  });
  assertStrictEquals(tokenize("sea"), tokenize("sea"));
  assertEquals(tokenize("sea"), [{ token: "sea", id: 3, start: 0, end: 3 }]);
  const long = "a".repeat(65);
  assertEquals(tokenize(long), tokenize(long));
  assertEquals(asked, ["sea", long, long]);
});

Deno.test("rememberWords() forgets all words before they fill the memory", () => {
  let calls = 0;
  const tokenize = rememberWords(() => {
    calls++;
    return [];
  });
  for (let i = 0; i < 10_001; i++) tokenize(String(i));
  tokenize("10000");
  assertEquals(calls, 10_001);
  tokenize("0");
  assertEquals(calls, 10_002);
});
