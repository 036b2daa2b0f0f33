import { assertMatch } from "@std/assert";
import { machineLine } from "../../bench/machine.ts";

Deno.test("machineLine names cores, Deno's version and the day in one line", () => {
  const line = machineLine(new Date("2026-02-03T04:05:06Z"));
  assertMatch(line, /^(1 core|\d+ cores), .*Deno \d+\.\d+\.\d+, 2026-02-03$/);
});
