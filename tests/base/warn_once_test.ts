import { assertEquals } from "@std/assert";
import { warnOnce } from "../../base/warn_once.ts";
import { warningsOf } from "../helpers/warnings_of.ts";

Deno.test("warnOnce() gives each warning once", async () => {
  const warnings = await warningsOf(() => ["a", "b", "a", "a", "b"].forEach(warnOnce));
  assertEquals(warnings, ["a", "b"]);
  assertEquals(await warningsOf(() => warnOnce("b")), []);
});
