import { assertEquals } from "@std/assert";
import { byteFallback } from "../../../tokenizer/decoders/byte_fallback.ts";

Deno.test("byteFallback() decodes runs of bytes", () => {
  assertEquals(byteFallback(["a", "<0xC3>", "<0xA9>", "b"]), ["a", "é", "b"]);
  assertEquals(byteFallback(["<0xEF>", "<0xBB>", "<0xBF>"]), ["\uFEFF"]);
});

Deno.test("byteFallback() gives U+FFFD for each byte of a run that is not valid UTF-8", () => {
  assertEquals(byteFallback(["<0x61>", "<0xC3>", "b"]), ["\uFFFD", "\uFFFD", "b"]);
  assertEquals(byteFallback(["<0xZZ>", "<0x611>"]), ["<0xZZ>", "<0x611>"]);
});
