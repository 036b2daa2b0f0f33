import { assertMatch } from "@std/assert";
import { describeMachine } from "../../bench/machine.ts";

Deno.test("describeMachine() has cores, Deno's version and the date in one line", () => {
  const line = describeMachine(new Date("2026-02-03T04:05:06Z"));
  assertMatch(line, /^(1 core|\d+ cores), .*Deno \d+\.\d+\.\d+, 2026-02-03$/);
});
