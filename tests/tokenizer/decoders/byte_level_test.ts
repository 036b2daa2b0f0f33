import { assertEquals } from "@std/assert";
import { byteLevelDecoder } from "../../../tokenizer/decoders/byte_level.ts";

const decode = byteLevelDecoder((token) => token === "naïve");

Deno.test("byteLevelDecoder() turns letters into bytes, and joins those of several tokens", () => {
  assertEquals(decode(["aĠ", "Ã", "©"]), ["a é"]);
  assertEquals(decode(["Ã", "a"]), ["\uFFFDa"]);
});

Deno.test("byteLevelDecoder() leaves added tokens and what stands for no bytes as they are", () => {
  assertEquals(decode(["naïve"]), ["naïve"]);
  assertEquals(decode(["日Ġ"]), ["日Ġ"]);
});
