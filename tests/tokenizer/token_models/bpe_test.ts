import { assertEquals, assertThrows } from "@std/assert";
import { JsonPart } from "../../../tokenizer/json_part.ts";
import { readBpe } from "../../../tokenizer/token_models/bpe.ts";
import { checkId } from "../../../tokenizer/token_models/vocabulary.ts";

const read = (model: unknown) => readBpe(new JsonPart(model, "model of some.json"));

const good = { type: "BPE", vocab: { a: 0, b: 1, ab: 2, "?": 3 }, merges: ["a b"] };

Deno.test("readBpe() accepts both forms of merges, and files without a type", () => {
  const { type: _, ...untyped } = good;
  for (const model of [good, { ...good, merges: [["a", "b"]] }, untyped]) {
    assertEquals(read(model).ids.get("ab"), 2);
  }
  assertEquals(
    read(JSON.parse('{"vocab":{"__proto__":0},"merges":[]}')).ids.get("a"),
    undefined,
  );
});

Deno.test("readBpe() refuses malformed models and unsupported settings", () => {
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
      { ...good, merges: [[{ toString: 1 }, "b"]] },
      { ...good, vocab: { ...good.vocab, "": 4 }, merges: ["ab"] },
      { ...good, vocab: { ...good.vocab, "b b": 4, "ab b": 5 }, merges: ["a b b"] },
      { ...good, unk_token: "none" },
      { ...good, unk_token: 3 },
      { ...good, dropout: 0.1 },
      { ...good, continuing_subword_prefix: "##" },
      { ...good, continuing_subword_prefix: 3 },
      { ...good, end_of_word_suffix: [] },
      { ...good, byte_fallback: "yes" },
    ]
  ) {
    assertThrows(() => read(model), TypeError, "model of some.json");
  }
});

Deno.test("readBpe() refuses ids that are not whole numbers from 0 to 2²⁴, and over 2²⁴ merges", () => {
  for (const id of [-1, 1.5, "0", null, 2 ** 24 + 1, 1e300]) {
    const model = { ...good, vocab: { ...good.vocab, z: id } };
    assertThrows(() => read(model), RangeError, '"z" has id');
    assertThrows(() => checkId(id, "z", "some.json"), RangeError, "some.json");
  }
  const many = { ...good, merges: new Array(2 ** 24 + 1) };
  assertThrows(() => read(many), RangeError, "16777217 merges");
});

Deno.test("readBpe() replaces an unknown character by unk_token, or a run if fused", () => {
  const ranges = (word: string, settings: object) =>
    read({ ...good, unk_token: "?", ...settings }).tokenize(word)
      .map(({ token, start, end }) => [token, start, end]);
  assertEquals(ranges("abxxa", {}), [["ab", 0, 2], ["?", 2, 3], ["?", 3, 4], ["a", 4, 5]]);
  assertEquals(ranges("abxxa", { fuse_unk: true }), [["ab", 0, 2], ["?", 2, 4], ["a", 4, 5]]);
  assertEquals(ranges("a?", { fuse_unk: true }), [["a", 0, 1], ["?", 1, 2]]);
  assertEquals(ranges("xab", { unk_token: "ab" }), [["ab", 0, 1], ["ab", 1, 3]]);
});

Deno.test("readBpe() drops an unknown character before merging if there is no unk_token", () => {
  const vocab = { h: 0, u: 1, g: 2, ug: 3, hug: 4 };
  const model = read({ type: "BPE", unk_token: null, vocab, merges: ["u g", "h ug"] });
  assertEquals(model.tokenize("hmug"), [{ token: "hug", id: 4, start: 0, end: 4 }]);
  assertEquals(model.tokenize("xugx"), [{ token: "ug", id: 3, start: 1, end: 3 }]);
  assertEquals(model.tokenize("h😀ugy"), [{ token: "hug", id: 4, start: 0, end: 5 }]);
  assertEquals(model.tokenize("xyz"), []);
});

Deno.test("readBpe() merges by rank, then from the left; of equal merges the later rank counts", () => {
  const vocab = { a: 0, b: 1, aa: 2, ab: 3, aab: 4 };
  const tokens = (word: string, ...merges: string[]) =>
    read({ type: "BPE", vocab, merges }).tokenize(word).map(({ token }) => token);
  assertEquals(tokens("aaab", "a a", "a b"), ["aa", "ab"]);
  assertEquals(tokens("aaab", "a b", "a a"), ["aa", "ab"]);
  assertEquals(tokens("aab", "a b", "a a"), ["a", "ab"]);
  assertEquals(tokens("aab", "a a", "a b", "a a"), ["a", "ab"]);
  assertEquals(tokens("aab", "a b", "a a", "a ab"), ["aab"]);
});

Deno.test("readBpe() merges the unk_token of an unknown character", () => {
  const model = read({ ...good, unk_token: "a" });
  assertEquals(model.tokenize("xb"), [{ token: "ab", id: 2, start: 0, end: 2 }]);
});

Deno.test("readBpe() does not split a word of the vocabulary with ignore_merges", () => {
  const model = read({ ...good, vocab: { ...good.vocab, ba: 4 }, ignore_merges: true });
  assertEquals(model.tokenize("ba"), [{ token: "ba", id: 4, start: 0, end: 2 }]);
  assertEquals(model.tokenize("bab").map(({ id }) => id), [1, 2]);
});
