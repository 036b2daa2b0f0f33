import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../cli/arguments.ts";
import { checkUsage } from "../../cli/check_usage.ts";

Deno.test("checkUsage() converts TypeError and RangeError to UsageError, and no other error", () => {
  const fail = (error: Error) => () =>
    checkUsage(() => {
      throw error;
    });
  assertEquals(checkUsage(() => 7), 7);
  assertThrows(fail(new RangeError("too small")), UsageError, "too small");
  assertThrows(fail(new TypeError("not a number")), UsageError, "not a number");
  assertThrows(fail(new SyntaxError("broken")), SyntaxError, "broken");
});
