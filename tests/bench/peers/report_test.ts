import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { formatReport } from "../../../bench/peers/report.ts";
import { SUBJECTS } from "../../../bench/peers/subjects.ts";
import { makeResults, result } from "./results_fixture.ts";

Deno.test("the report has a line for each subject, within 100 columns", () => {
  const lines = formatReport(makeResults(SUBJECTS));
  lines.forEach((line) => assert(line.length <= 100, line));
  for (const { task, implementation } of SUBJECTS) {
    assert(
      lines.some((line) => line.includes(task.name) && line.includes(implementation)),
      implementation,
    );
  }
});

Deno.test("the report names machines and versions once", () => {
  const results = {
    "own-linear-1024": result(0.05),
    "jax-js-linear-1024": result(0.1),
    "own-linear-4096": { ...result(0.1), machine: "4 cores, 2026-02-04" },
  };
  const lines = formatReport(results);
  assertEquals(lines.slice(0, 8), [
    "4 cores, 2026-02-04",
    "",
    "2 cores, 2026-02-03",
    "",
    "Versions:",
    "",
    "- a 1",
    "- b 2",
  ]);
  const row = lines.find((line) => line.includes("linear 1024×1024×1024 | @lsg/core")) ?? "";
  assertEquals(row.split("|").slice(3, -1).map((cell) => cell.trim()), [
    "0.050",
    (2 * 1024 ** 3 / 0.05 / 1e9).toFixed(0),
    "1.25",
    "500",
    "44.6",
  ]);
});

Deno.test("the report has the reason of a skipped subject and the command that installs it", () => {
  const skipped = { ...result(1), outcome: { skipped: "No module named 'torch'" } };
  const lines = formatReport({ "torch-full-512": skipped });
  assertEquals(lines.at(-3), "Skipped:");
  assertStringIncludes(lines.at(-1) ?? "", "No module named 'torch'; to install it: `pip install");
  assert(!lines.some((line) => line.startsWith("| RoBERTa")));
});

Deno.test("the report leaves unknown memory empty", () => {
  const lines = formatReport({ "own-linear-1024": result(1, null) });
  const row = lines.find((line) => line.startsWith("| linear")) ?? "";
  assertEquals(row.split("|")[6].trim(), "");
});
