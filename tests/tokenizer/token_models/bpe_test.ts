import { assertEquals, assertThrows } from "@std/assert";
import { JsonPart } from "../../../tokenizer/json_part.ts";
import { readBpe } from "../../../tokenizer/token_models/bpe.ts";
import { checkId } from "../../../tokenizer/token_models/vocabulary.ts";

const read = (model: unknown) => readBpe(new JsonPart(model, "model of some.json"));

const good = { type: "BPE", vocab: { a: 0, b: 1, ab: 2, "?": 3 }, merges: ["a b"] };

Deno.test("readBpe() accepts both forms of merges, and files without a type", () => {
  const { type: _, ...untyped } = good;
  for (const model of [good, { ...good, merges: [["a", "b"]] }, untyped]) {
    assertEquals(read(model).ids.has("ab"), true);
  }
  assertEquals(
    read(JSON.parse('{"vocab":{"__proto__":0},"merges":[]}')).ids.has("a"),
    false,
  );
});

Deno.test("readBpe() refuses what is not a byte-level BPE model", () => {
  for (
    const model of [
      undefined,
      null,
      [],
      "BPE",
      { type: "BPE" },
      { ...good, vocab: [] },
      { ...good, merges: undefined },
      { ...good, merges: ["a"] },
      { ...good, merges: ["a b c"] },
      { ...good, merges: ["a c"] },
      { ...good, merges: ["b a"] },
      { ...good, merges: [5] },
      { ...good, merges: [["a", "b", "a"]] },
      { ...good, unk_token: "none" },
      { ...good, unk_token: 3 },
      { ...good, dropout: 0.1 },
      { ...good, continuing_subword_prefix: "##" },
      { ...good, end_of_word_suffix: "</w>" },
      { ...good, byte_fallback: true },
    ]
  ) {
    assertThrows(() => read(model), TypeError, "model of some.json");
  }
});

Deno.test("readBpe() refuses ids that are no ids", () => {
  for (const id of [-1, 1.5, "0", null, 2 ** 24 + 1, 1e300]) {
    const model = { ...good, vocab: { ...good.vocab, z: id } };
    assertThrows(() => read(model), RangeError, '"z" has id');
    assertThrows(() => checkId(id, "z", "some.json"), RangeError, "some.json");
  }
  const twice = { ...good, vocab: { ...good.vocab, z: 2 } };
  assertThrows(() => read(twice), RangeError, "two tokens of id 2");
});

Deno.test("readBpe() lets an unknown token stand for a letter, or a run if fused", () => {
  const places = (word: string, settings: object) =>
    read({ ...good, unk_token: "?", ...settings }).tokenize(word)
      .map(({ token, start, end }) => [token, start, end]);
  assertEquals(places("abxxa", {}), [["ab", 0, 2], ["?", 2, 3], ["?", 3, 4], ["a", 4, 5]]);
  assertEquals(places("abxxa", { fuse_unk: true }), [["ab", 0, 2], ["?", 2, 4], ["a", 4, 5]]);
  assertEquals(places("a?", { fuse_unk: true }), [["a", 0, 1], ["?", 1, 2]]);
  assertEquals(places("xab", { unk_token: "ab" }), [["ab", 0, 1], ["ab", 1, 3]]);
});
