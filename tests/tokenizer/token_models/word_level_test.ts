import { assertEquals, assertThrows } from "@std/assert";
import { JsonPart } from "../../../tokenizer/json_part.ts";
import { readModel as readWordLevel } from "../../../tokenizer/token_models/word_level.ts";

const read = (settings: object) => readWordLevel(new JsonPart(settings, "model of x"));

Deno.test("readWordLevel() looks whole words up, others are unknown", () => {
  const model = read({ vocab: { "[UNK]": 0, "ab": 1, "漢": 2 }, unk_token: "[UNK]" });
  assertEquals(model.tokenize("ab"), [{ token: "ab", id: 1, start: 0, end: 2 }]);
  assertEquals(model.tokenize("漢"), [{ token: "漢", id: 2, start: 0, end: 1 }]);
  assertEquals(model.tokenize("abc"), [{ token: "[UNK]", id: 0, start: 0, end: 3 }]);
});

Deno.test("readWordLevel() throws for an unknown word if the vocabulary lacks unk_token", () => {
  const model = read({ vocab: { ab: 1 } });
  assertEquals(model.tokenize("ab").length, 1);
  assertThrows(() => model.tokenize("abc"), RangeError, '"<unk>"');
  assertThrows(() => read({ vocab: [] }), TypeError, "vocab");
});
