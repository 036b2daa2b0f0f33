import { assert, assertEquals } from "@std/assert";
import { COMPARISONS, findMeasured, formatComparisons } from "../../../bench/peers/comparisons.ts";
import { SUBJECTS } from "../../../bench/peers/subjects.ts";
import { result } from "./results_fixture.ts";

const cells = (lines: string[]) =>
  lines.slice(2).map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));

Deno.test("formatComparisons() divides our seconds by the peer's and compares with the target", () => {
  const results = {
    "own-lsg-4096-fp32": result(12, 800),
    "torch-lsg-4096": result(10, 1800),
  };
  assertEquals(cells(formatComparisons(results)), [
    ["4,096 LSG ÷ lsg-converter, PyTorch", "1.20", "at most 1.2", "yes"],
    ["4,096 LSG, peak MB", "800", "at most 750", "no"],
  ]);
});

Deno.test("formatComparisons() has no verdict without a target", () => {
  const results = { "own-full-512-fp32": result(1), "torch-full-512": result(0.5) };
  assertEquals(cells(formatComparisons(results)), [["512 full ÷ PyTorch SDPA", "2.00", "", ""]]);
});

Deno.test("formatComparisons() leaves out a comparison without both results", () => {
  const skipped = { ...result(1), outcome: { skipped: "not installed" } };
  const results = { "own-full-512-fp32": result(1), "torch-full-512": skipped };
  assertEquals(formatComparisons(results).length, 2);
  assertEquals(findMeasured(results, "torch-full-512"), undefined);
  assertEquals(findMeasured(results, "nobody"), undefined);
});

Deno.test("both sides of a comparison are measured after a warm-up pass, or neither", () => {
  const passesOf = (name: string) =>
    JSON.parse(SUBJECTS.find((each) => each.name === name)!.args.find((arg) => arg[0] === "{")!);
  for (const { what, own, peer } of COMPARISONS) {
    if (peer === undefined) continue;
    assertEquals(passesOf(own).warmups, passesOf(peer).warmups, what);
  }
});

Deno.test("comparisons name existing subjects", () => {
  const names = SUBJECTS.map(({ name }) => name);
  for (const { own, peer } of COMPARISONS) {
    assert(names.includes(own), own);
    assert(peer === undefined || names.includes(peer), peer);
  }
});
