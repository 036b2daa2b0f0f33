import { assertEquals, assertStringIncludes } from "@std/assert";
import { combineOutcomes, readOutcome } from "../../../bench/peers/outcome.ts";

const reason = (code: number, stdout: string, stderr: string) => {
  const outcome = readOutcome(code, stdout, stderr);
  return "skipped" in outcome ? outcome.skipped : "";
};

Deno.test("readOutcome() reads the last line of output", () => {
  const measured = { seconds: 1.5, megabytes: null, versions: "torch 2.15.0" };
  const stdout = `loading …\n${JSON.stringify(measured)}\n\n`;
  assertEquals(readOutcome(0, stdout, "a warning\n"), measured);
});

Deno.test("readOutcome() returns the reason of a skipped subject", () => {
  assertEquals(
    reason(0, '{"skipped": "No module named \'torch\'"}\n', ""),
    "No module named 'torch'",
  );
});

Deno.test("readOutcome() returns the error of a failed process", () => {
  const deno =
    'a warning\nerror: Uncaught (in promise) RangeError: wanted "fp32"\n  throw x\n  ^\n';
  assertEquals(reason(1, '{"seconds": 1}\n', deno), 'RangeError: wanted "fp32"');
  const python = "Traceback:\n  File x, line 1\nValueError: no\n\n";
  assertEquals(reason(1, "", python), "ValueError: no");
  assertEquals(reason(137, "", ""), "exited with code 137 and no message");
});

Deno.test("readOutcome() rejects other output", () => {
  for (const stdout of ["", "done\n", "3\n", "null\n", '{"seconds": 0}\n', '{"seconds": null}\n']) {
    assertStringIncludes(reason(0, stdout, ""), "wanted seconds or a reason", stdout);
  }
});

Deno.test("combineOutcomes() takes medians of times and the most memory", () => {
  const outcome = (seconds: number, megabytes: number | null, first?: number) => ({
    seconds,
    megabytes,
    versions: "a 1",
    first,
  });
  const three = [outcome(3, 10, 7), outcome(1, 30, 9), outcome(2, 20, 8)];
  assertEquals(combineOutcomes(three), { ...outcome(2, 30, 8), busiest: undefined });
  assertEquals(combineOutcomes([outcome(1, null, 2), outcome(3, 5)]), {
    ...outcome(2, null),
    busiest: undefined,
  });
  assertEquals(combineOutcomes([outcome(1, 2)]), outcome(1, 2));
});

Deno.test("combineOutcomes() is skipped if one of them is", () => {
  const measured = { seconds: 1, megabytes: 1, versions: "a 1" };
  assertEquals(combineOutcomes([measured, { skipped: "no" }]), { skipped: "no" });
});
