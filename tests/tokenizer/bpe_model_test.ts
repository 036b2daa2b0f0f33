import { assertEquals, assertThrows } from "@std/assert";
import { bpeTokenLength, checkBpeModel, checkId } from "../../tokenizer/bpe_model.ts";

const good = { type: "BPE", vocab: { a: 0, b: 1, ab: 2, "?": 3 }, merges: ["a b"] };

Deno.test("checkBpeModel() accepts both forms of merges, and files without a type", () => {
  const { type: _, ...untyped } = good;
  for (const model of [good, { ...good, merges: [["a", "b"]] }, untyped]) {
    assertEquals(checkBpeModel(model, "").has("ab"), true);
  }
  assertEquals(
    checkBpeModel(JSON.parse('{"vocab":{"__proto__":0},"merges":[]}'), "").has("a"),
    false,
  );
});

Deno.test("checkBpeModel() refuses what is not a byte-level BPE model", () => {
  for (
    const model of [
      undefined,
      null,
      [],
      "BPE",
      { type: "BPE" },
      { ...good, type: "WordPiece" },
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
    assertThrows(() => checkBpeModel(model, "some.json"), TypeError, "model of some.json");
  }
});

Deno.test("checkBpeModel() refuses ids that are no ids", () => {
  for (const id of [-1, 1.5, "0", null, 2 ** 24 + 1, 1e300]) {
    const model = { ...good, vocab: { ...good.vocab, z: id } };
    assertThrows(() => checkBpeModel(model, "some.json"), RangeError, '"z" has id');
    assertThrows(() => checkId(id, "z", "some.json"), RangeError, "some.json");
  }
  const twice = { ...good, vocab: { ...good.vocab, z: 2 } };
  assertThrows(() => checkBpeModel(twice, "some.json"), RangeError, "two tokens of id 2");
});

Deno.test("bpeTokenLength() lets an unknown token stand for a letter, or a run if fused", () => {
  const model = checkBpeModel({ ...good, unk_token: "?" }, "");
  assertEquals(bpeTokenLength(model, "ab", "abxx", 0), 2);
  assertEquals(bpeTokenLength(model, "?", "abxxa", 2), 1);
  assertEquals(bpeTokenLength({ ...model, fuseUnk: true }, "?", "abxxa", 2), 2);
  assertEquals(bpeTokenLength({ ...model, unkToken: "ab" }, "ab", "ab", 0), 2);
});
