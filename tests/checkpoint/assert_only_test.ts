import { assertThrows } from "@std/assert";
import { assertOnly } from "../../checkpoint/assert_only.ts";

Deno.test("assertOnly() accepts absent keys and the supported value", () => {
  assertOnly({}, { a: 1, b: "x" });
  assertOnly({ a: 1, c: 9 }, { a: 1, b: "x" });
});

Deno.test("assertOnly() throws on any other value, including null", () => {
  for (const a of [2, "1", null, false]) {
    assertThrows(() => assertOnly({ a }, { a: 1 }), RangeError, `got ${JSON.stringify(a)}`);
  }
});
