import { assertThrows } from "@std/assert";
import { assertOnly } from "../../checkpoint/assert_only.ts";

Deno.test("assertOnly() lets absent keys and the one value through", () => {
  assertOnly({}, { a: 1, b: "x" });
  assertOnly({ a: 1, c: 9 }, { a: 1, b: "x" });
});

Deno.test("assertOnly() refuses any other value, null too", () => {
  for (const a of [2, "1", null, false]) {
    assertThrows(() => assertOnly({ a }, { a: 1 }), RangeError, `got ${JSON.stringify(a)}`);
  }
});
