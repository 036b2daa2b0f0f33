import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Backend } from "../../ops/backend.ts";
import { CpuBackend } from "../../cpu/backend.ts";
import { openBackend } from "../../device.ts";
import type { VerifyCase } from "../../verify/case.ts";
import type { Comparison } from "../../verify/compare.ts";
import { allCases, runCases, type VerifyResult } from "../../verify/verify.ts";
import { type MachineOptions, WasmBackend } from "../../wasm/mod.ts";
import { testedBackends } from "../helpers/backends.ts";
import { goldenFolder } from "./golden_folder.ts";

const GOOD: Comparison = { passed: true, largestError: 0, bound: 1, fault: "" };
const BAD: Comparison = { passed: false, largestError: 2, bound: 1, fault: "2 at [0]" };

function caseOf(name: string, run: VerifyCase["run"], anyBackend = false): VerifyCase {
  return { name, source: "a test", anyBackend, run };
}

async function results(
  cases: VerifyCase[],
  backends: Backend[] = [new CpuBackend()],
): Promise<VerifyResult[]> {
  return await Array.fromAsync(runCases(cases, backends));
}

Deno.test("runCases passes a case only if all of its comparisons do", async () => {
  const [good, bad] = await results([
    caseOf("good", () => Promise.resolve([GOOD, GOOD])),
    caseOf("bad", () => Promise.resolve([GOOD, BAD, GOOD])),
  ]);
  assertEquals([good.name, good.backend, good.passed], ["good", "cpu", true]);
  assertEquals([bad.name, bad.backend, bad.passed], ["bad", "cpu", false]);
  assertEquals(bad.comparisons, [GOOD, BAD, GOOD]);
});

Deno.test("runCases counts a case that throws as a failure and goes on", async () => {
  const [thrown, next] = await results([
    caseOf("throws", () => Promise.reject(new RangeError("no such row"))),
    caseOf("next", () => Promise.resolve([GOOD])),
  ]);
  assertEquals(thrown.passed, false);
  assertStringIncludes(thrown.comparisons[0].fault, "RangeError: no such row");
  assertEquals(next.passed, true);
});

Deno.test("runCases counts a case without comparisons as a failure", async () => {
  const [{ passed, comparisons }] = await results([caseOf("empty", () => Promise.resolve([]))]);
  assertEquals(passed, false);
  assertEquals(comparisons.map(({ fault }) => fault), ["nothing was compared"]);
});

Deno.test("runCases gives each backend each case, and one backend those for any", async () => {
  const ran: string[] = [];
  const backends = [new CpuBackend(), new CpuBackend()];
  const record = (name: string, anyBackend: boolean) =>
    caseOf(name, (backend) => {
      ran.push(`${name} on ${backends.indexOf(backend as CpuBackend)}`);
      return Promise.resolve([GOOD]);
    }, anyBackend);
  const all = await results([record("each", false), record("once", true)], backends);
  assertEquals(ran, ["each on 0", "once on 0", "each on 1"]);
  assertEquals(all.map(({ backend }) => backend), ["cpu", "any", "cpu"]);
});

/** The kinds of `wasm` backends. */
const MACHINES: readonly MachineOptions[] = [
  { build: "relaxed", threads: 1 },
  { build: "relaxed", threads: 2 },
  { build: "plain", threads: 1 },
  { build: "plain", threads: 2 },
];

/** Opens each backend, and each kind of `wasm`. */
const openers: readonly { name: string; open: () => Promise<Backend> }[] = [
  ...(await testedBackends()).filter((name) => name !== "wasm")
    .map((name) => ({ name, open: () => openBackend(name) })),
  ...MACHINES.map((options) => ({
    name: `wasm ${JSON.stringify(options)}`,
    open: () => WasmBackend.open(options),
  })),
];

Deno.test("every case is within its bound on every backend", async () => {
  const cases = await allCases(goldenFolder);
  assertEquals(new Set(cases.map(({ name }) => name)).size, cases.length);
  for (const { name, source } of cases) assert(source, `${name} does not say what made it`);
  for (const { name, open } of openers) {
    const backend = await open();
    const failed: string[] = [];
    const all = await results(cases, [backend]);
    assertEquals(all.length, cases.length);
    for (const { name, comparisons, passed } of all) {
      if (!passed) failed.push(`${name}: ${comparisons.map(({ fault }) => fault).join("; ")}`);
    }
    assertEquals(failed, [], `on ${name}`);
    assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
    backend.dispose();
  }
});
