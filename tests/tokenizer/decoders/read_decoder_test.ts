import { ALL_READERS } from "../../../tokenizer/all_readers.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { readDecoder } from "../../../tokenizer/decoders/read_decoder.ts";

const decode = (tokens: string[], part: unknown) =>
  readDecoder(part, "decoder of x", ALL_READERS, () => false)(tokens).join("");

Deno.test("readDecoder() decodes as each type says", () => {
  assertEquals(decode(["▁a", "b", "▁c"], { type: "Metaspace" }), "ab c");
  assertEquals(decode(["▁a"], { type: "Metaspace", prepend_scheme: "never" }), " a");
  const replace = { type: "Replace", pattern: { String: "▁" }, content: "$&" };
  assertEquals(decode(["▁a"], replace), "$&a");
  assertEquals(decode(["a", "b"], null), "a b");
  // As the tokenizers package.
  assertEquals(decode(["a𝟘", "𝟘"], { type: "BPEDecoder", suffix: "" }), " a 𝟘 𝟘");
});

Deno.test("readDecoder() gives the next step of a sequence the tokens that Python gives it", () => {
  // As the tokenizers package.
  const sequence = (...decoders: object[]) => ({ type: "Sequence", decoders });
  const words = { type: "WordPiece", prefix: "##", cleanup: false };
  assertEquals(
    decode(["<0xE2>", "<0x96>", "a"], sequence({ type: "ByteFallback" }, words)),
    "� � a",
  );
  const ctc = { type: "CTC", pad_token: "p", word_delimiter_token: "|", cleanup: false };
  assertEquals(decode(["a", "p", "p", "b", "b"], sequence(ctc, words)), "a b");
});

Deno.test("readDecoder() runs a sequence in order", () => {
  const decoders = [{ type: "Fuse" }, { type: "Strip", content: "a", start: 2, stop: 0 }];
  assertEquals(decode(["a", "a", "a"], { type: "Sequence", decoders }), "a");
});

Deno.test("readDecoder() refuses other types", () => {
  assertThrows(() => decode([], { type: "Other" }), TypeError, '"Other"');
});

Deno.test("readDecoder() refuses replacements that multiply the text", () => {
  const replace = { type: "Replace", pattern: { String: "a" }, content: "aa" };
  const decoder = (count: number) => ({
    type: "Sequence",
    decoders: [{ type: "Sequence", decoders: new Array(count).fill(replace) }],
  });
  const decode = (count: number) =>
    readDecoder(decoder(count), "decoder of x", ALL_READERS, () => false)(["a"]);
  assertEquals(decode(5)[0].length, 32);
  assertThrows(() => decode(24), RangeError);
  const empty = new Array(30).fill({ type: "BPEDecoder", suffix: "" });
  const doubling = readDecoder(
    { type: "Sequence", decoders: empty },
    "x",
    ALL_READERS,
    () => false,
  );
  assertThrows(() => doubling(["ab", "c"]), RangeError, "Cannot decode 2");
  const long = { ...replace, content: "b".repeat(500) };
  const tokens = new Array(1000).fill("a");
  assertThrows(
    () => readDecoder(long, "x", ALL_READERS, () => false)(tokens),
    RangeError,
    "Cannot decode 1000",
  );
});
