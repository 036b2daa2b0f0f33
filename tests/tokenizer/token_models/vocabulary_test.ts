import { assertEquals, assertThrows } from "@std/assert";
import { JsonPart } from "../../../tokenizer/json_part.ts";
import { checkId, readVocabulary } from "../../../tokenizer/token_models/vocabulary.ts";

const read = (vocab: unknown) => readVocabulary(new JsonPart({ vocab }, "model of some.json"));

Deno.test("readVocabulary() reads ids and tokens, of any name", () => {
  const table = read(JSON.parse('{"__proto__": 3, "a": 0}'));
  assertEquals([...table], [["__proto__", 3], ["a", 0]]);
  assertEquals([0, 1, 3].map((id) => table.tokenOf(id)), ["a", undefined, "__proto__"]);
});

Deno.test("readVocabulary() decodes an id of two tokens as the first of them", () => {
  const table = read({ a: 0, b: 1, c: 0 });
  assertEquals([...table].map(([, id]) => id), [0, 1, 0]);
  assertEquals([0, 1, 2].map((id) => table.tokenOf(id)), ["a", "b", undefined]);
});

Deno.test("readVocabulary() refuses malformed vocabularies", () => {
  for (const vocab of [undefined, null, [], "a"]) {
    assertThrows(() => read(vocab), TypeError, "vocab is not an object");
  }
});

Deno.test("checkId() refuses ids that are not whole numbers from 0 to 2²⁴", () => {
  for (const id of [-1, 1.5, "0", null, 2 ** 24 + 1, 1e300]) {
    assertThrows(() => checkId(id, "z", "some.json"), RangeError, '"z" has id');
    assertThrows(() => read({ z: id }), RangeError, "some.json");
  }
});
