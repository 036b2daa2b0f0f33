import { assertEquals } from "@std/assert";
import { byteLevelDecoder } from "../../../tokenizer/decoders/byte_level.ts";

const decode = byteLevelDecoder((token) => token === "naïve");

Deno.test("byteLevelDecoder() decodes letters as bytes, across tokens", () => {
  assertEquals(decode(["aĠ", "Ã", "©"]), ["a é"]);
  assertEquals(decode(["Ã", "a"]), ["\uFFFDa"]);
});

Deno.test("byteLevelDecoder() keeps added tokens and other letters unchanged", () => {
  assertEquals(decode(["naïve"]), ["naïve"]);
  assertEquals(decode(["日Ġ"]), ["日Ġ"]);
});
