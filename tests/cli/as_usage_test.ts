import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../cli/arguments.ts";
import { asUsage } from "../../cli/as_usage.ts";

Deno.test("asUsage() makes usage errors of what a check throws, and of nothing else", () => {
  const fail = (error: Error) => () =>
    asUsage(() => {
      throw error;
    });
  assertEquals(asUsage(() => 7), 7);
  assertThrows(fail(new RangeError("too small")), UsageError, "too small");
  assertThrows(fail(new TypeError("no number")), UsageError, "no number");
  assertThrows(fail(new SyntaxError("broken")), SyntaxError, "broken");
});
