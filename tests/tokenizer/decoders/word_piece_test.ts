import { assertEquals } from "@std/assert";
import { cleanUp } from "../../../tokenizer/decoders/clean_up.ts";
import { readWordPieceDecoder } from "../../../tokenizer/decoders/word_piece.ts";
import { JsonPart } from "../../../tokenizer/json_part.ts";

Deno.test("readWordPieceDecoder() puts spaces between words, not inside", () => {
  const decode = readWordPieceDecoder(new JsonPart({ cleanup: false }, "x"));
  assertEquals(decode(["##a", "##b", "c", "."]).join(""), "##ab c .");
});

Deno.test("readWordPieceDecoder() cleans up token by token", () => {
  const decode = readWordPieceDecoder(new JsonPart({}, "x"));
  assertEquals(decode(["a", ".", "'", "x", "'s"]).join(""), "a. ' x's");
});

Deno.test("cleanUp() removes spaces before punctuation and contractions", () => {
  assertEquals(cleanUp("a . b ? c ! d , e ' f"), "a. b? c! d, e'f");
  assertEquals(cleanUp("do n't i 'm it 's we 've you 're  ."), "don't i'm it's we've you're .");
});
