import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Comparison } from "../../verify/compare.ts";
import { HEADINGS, tableLine } from "../../verify/table.ts";

const GOOD: Comparison = { passed: true, largestError: 1e-7, bound: 1e-6, fault: "" };
const CLOSE: Comparison = { ...GOOD, largestError: 9e-7 };
const BAD: Comparison = {
  passed: false,
  largestError: 0.5,
  bound: 1e-6,
  fault: "7 at [0,1,1], wanted 4 ± 1.0e-6",
};

Deno.test("tableLine gives case, backend, error, bound and verdict under their headings", () => {
  const line = tableLine("full/case", "cpu", [GOOD]);
  assertEquals(line.split(/ +/), ["full/case", "cpu", "1.00e-7", "1.0e-6", "ok"]);
  const endOf = (text: string, part: string) => text.indexOf(part) + part.length;
  assertEquals(endOf(line, "1.00e-7"), endOf(HEADINGS[0], "largest error"));
  assertEquals(line.indexOf("ok"), HEADINGS[0].indexOf("verdict"));
});

Deno.test("no heading and no line of the table has more than 100 columns", () => {
  const failed = { ...BAD, largestError: Infinity, bound: 1.2345e-100 };
  for (const name of ["short", "x".repeat(56), "long/".repeat(40)]) {
    for (const comparison of [GOOD, BAD, failed]) {
      for (const line of tableLine(name, "webgpu", [comparison]).split("\n")) {
        assert([...line].length <= 100, line);
      }
    }
  }
  HEADINGS.forEach((line) => assert(line.length <= 100, line));
});

Deno.test("tableLine cuts a long name and says so", () => {
  assertStringIncludes(tableLine("n".repeat(57), "cpu", [GOOD]), `${"n".repeat(55)}… cpu`);
  assertStringIncludes(tableLine("n".repeat(56), "cpu", [GOOD]), `${"n".repeat(56)} cpu`);
});

Deno.test("tableLine shows the comparison that is closest to its bound", () => {
  assertStringIncludes(tableLine("a", "cpu", [GOOD, CLOSE, GOOD]), "9.00e-7");
  const exact = { ...GOOD, largestError: 0, bound: 0 };
  assertStringIncludes(tableLine("a", "cpu", [exact, GOOD]), "1.00e-7");
});

Deno.test("tableLine shows a failure before all that passed, with its place", () => {
  const [line, fault] = tableLine("a", "cpu", [CLOSE, BAD, GOOD]).split("\n");
  assertStringIncludes(line, "FAILED");
  assertEquals(fault.trim(), BAD.fault);
});

Deno.test("tableLine shows a failure whose bound is 0 or not a number", () => {
  for (const bound of [0, NaN]) {
    const line = tableLine("a", "cpu", [GOOD, { ...BAD, largestError: Infinity, bound }]);
    assertStringIncludes(line, "FAILED");
  }
});
