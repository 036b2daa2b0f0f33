import { assertEquals, assertThrows } from "@std/assert";
import { readSizes } from "../../../web/card/sizes.ts";

const CHOICES = { dtype: "fp32", hasEncoder: false } as const;

Deno.test("readSizes() has the sizes of bench:gpu, those of the address in their place", () => {
  const sizes = readSizes("", CHOICES);
  assertEquals([sizes.rows, sizes.tokens, sizes.encoder], [4096, [4096], 0]);
  assertEquals(readSizes("?rows=16&tokens=32", CHOICES), { ...sizes, rows: 16, tokens: [32] });
  const half = readSizes("?encoder=64", { dtype: "fp16", hasEncoder: true });
  assertEquals([half.dtype, half.encoder], ["fp16", 64]);
});

Deno.test("readSizes() refuses what is no size", () => {
  for (
    const search of ["?rows=0", "?rows=-1", "?rows=1.5", "?rows=", "?tokens=65537", "?rows=1e3"]
  ) {
    assertThrows(() => readSizes(search, CHOICES), RangeError, "wanted a whole number from 1");
  }
  for (const search of ["?depth=3", "?toString=5", "?__proto__=9"]) {
    assertThrows(() => readSizes(search, CHOICES), RangeError, "wanted one of rows, tokens");
  }
});
