import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Comparison } from "../../verify/compare.ts";
import { formatRerun, formatResult, HEADINGS } from "../../verify/table.ts";

const GOOD: Comparison = { passed: true, largestError: 1e-7, bound: 1e-6, fault: "" };
const CLOSE: Comparison = { ...GOOD, largestError: 9e-7 };
const BAD: Comparison = {
  passed: false,
  largestError: 0.5,
  bound: 1e-6,
  fault: "7 at [0,1,1], wanted 4 ± 1.0e-6",
};

Deno.test("formatResult() aligns case, backend, error, bound and verdict with their headings", () => {
  const line = formatResult("full/case", "cpu", [GOOD]);
  assertEquals(line.split(/ +/), ["full/case", "cpu", "1.00e-7", "1.0e-6", "ok"]);
  const endOf = (text: string, part: string) => text.indexOf(part) + part.length;
  assertEquals(endOf(line, "1.00e-7"), endOf(HEADINGS[0], "largest error"));
  assertEquals(line.indexOf("ok"), HEADINGS[0].indexOf("verdict"));
});

Deno.test("headings and lines have at most 100 columns", () => {
  const thrown = "RangeError: " + "a long message ".repeat(20) + "\n  on a separate line";
  const failed = { ...BAD, largestError: Infinity, bound: 1.2345e-100, fault: thrown };
  for (const name of ["short", "x".repeat(61), "long/".repeat(40)]) {
    for (const comparison of [GOOD, BAD, failed]) {
      for (const line of formatResult(name, "webgpu", [comparison, comparison]).split("\n")) {
        assert([...line].length <= 100, line);
      }
    }
  }
  HEADINGS.forEach((line) => assert(line.length <= 100, line));
});

Deno.test("formatResult() truncates a long name with an ellipsis", () => {
  assertStringIncludes(formatResult("n".repeat(62), "cpu", [GOOD]), `${"n".repeat(60)}… cpu`);
  assertStringIncludes(formatResult("n".repeat(61), "cpu", [GOOD]), `${"n".repeat(61)} cpu`);
});

Deno.test("formatResult() shows the comparison closest to its bound", () => {
  assertStringIncludes(formatResult("a", "cpu", [GOOD, CLOSE, GOOD]), "9.00e-7");
  const exact = { ...GOOD, largestError: 0, bound: 0 };
  assertStringIncludes(formatResult("a", "cpu", [exact, GOOD]), "1.00e-7");
});

Deno.test("formatResult() shows a failure first, with its coordinates", () => {
  const [line, fault] = formatResult("a", "cpu", [CLOSE, BAD, GOOD]).split("\n");
  assertStringIncludes(line, "FAILED");
  assertEquals(fault.trim(), BAD.fault);
});

Deno.test("formatResult() shows a failure whose bound is 0 or NaN", () => {
  for (const bound of [0, NaN]) {
    const line = formatResult("a", "cpu", [GOOD, { ...BAD, largestError: Infinity, bound }]);
    assertStringIncludes(line, "FAILED");
  }
});

Deno.test("formatResult() counts all failures", () => {
  const [, fault] = formatResult("a", "cpu", [BAD, GOOD, BAD]).split("\n");
  assertEquals(fault.trim(), `${BAD.fault}; 2 of 3 comparisons failed`);
});

Deno.test("formatRerun() has the full name and only the options of the backend", () => {
  const options = { threads: 2, build: "plain", dtype: "fp16" } as const;
  assertEquals(
    ["cpu", "wasm", "webgpu", "any"].map((backend) => formatRerun("a/b", backend, options).trim()),
    [
      "deno task verify --device=cpu --dtype=fp16 --filter=a/b",
      "deno task verify --device=wasm --threads=2 --build=plain --dtype=fp16 --filter=a/b",
      "deno task verify --device=webgpu --dtype=fp16 --filter=a/b",
      "deno task verify --device=cpu --filter=a/b",
    ],
  );
  const name = "n".repeat(72);
  const lines = formatRerun(name, "wasm", options).split("\n");
  assertEquals(lines, [
    "    deno task verify --device=wasm --threads=2 --build=plain --dtype=fp16 \\",
    `    --filter=${name}`,
  ]);
});
