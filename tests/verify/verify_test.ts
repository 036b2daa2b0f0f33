import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Backend, BackendName } from "../../ops/backend.ts";
import { CpuBackend } from "../../cpu/backend.ts";
import { BACKEND_NAMES, openBackend } from "../../device.ts";
import { DATA_TYPES } from "../../tensor/data_type.ts";
import type { VerifyCase } from "../../verify/case.ts";
import type { Comparison } from "../../verify/compare.ts";
import { allCases, runCases, type VerifyResult } from "../../verify/verify.ts";
import { type MachineOptions, WasmBackend } from "../../wasm/mod.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { goldenFolder } from "./golden_folder.ts";
import { sampledCases } from "./sampled_cases.ts";

const GOOD: Comparison = { passed: true, largestError: 0, bound: 1, fault: "" };
const BAD: Comparison = { passed: false, largestError: 2, bound: 1, fault: "2 at [0]" };

function makeCase(name: string, run: VerifyCase["run"], anyBackend = false): VerifyCase {
  return { name, source: "a test", anyBackend, run };
}

async function collectResults(
  cases: VerifyCase[],
  backends: Backend[] = [new CpuBackend()],
): Promise<VerifyResult[]> {
  return await Array.fromAsync(runCases(cases, backends));
}

Deno.test("runCases() passes a case only if all its comparisons pass", async () => {
  const [good, bad] = await collectResults([
    makeCase("good", () => Promise.resolve([GOOD, GOOD])),
    makeCase("bad", () => Promise.resolve([GOOD, BAD, GOOD])),
  ]);
  assertEquals([good.name, good.backend, good.passed], ["good", "cpu", true]);
  assertEquals([bad.name, bad.backend, bad.passed], ["bad", "cpu", false]);
  assertEquals(bad.comparisons, [GOOD, BAD, GOOD]);
});

Deno.test("runCases() fails a case that throws, and continues", async () => {
  const [thrown, next] = await collectResults([
    makeCase("throws", () => Promise.reject(new RangeError("no such row"))),
    makeCase("next", () => Promise.resolve([GOOD])),
  ]);
  assertEquals(thrown.passed, false);
  assertStringIncludes(thrown.comparisons[0].fault, "RangeError: no such row");
  assertEquals(next.passed, true);
});

Deno.test("runCases() fails a case without comparisons", async () => {
  const [{ passed, comparisons }] = await collectResults([
    makeCase("empty", () => Promise.resolve([])),
  ]);
  assertEquals(passed, false);
  assertEquals(comparisons.map(({ fault }) => fault), ["nothing was compared"]);
});

Deno.test("runCases() runs each case on each backend, and cases for any backend once", async () => {
  const ran: string[] = [];
  const backends = [new CpuBackend(), new CpuBackend()];
  const record = (name: string, anyBackend: boolean) =>
    makeCase(name, (backend) => {
      ran.push(`${name} on ${backends.indexOf(backend as CpuBackend)}`);
      return Promise.resolve([GOOD]);
    }, anyBackend);
  const all = await collectResults([record("each", false), record("once", true)], backends);
  assertEquals(ran, ["each on 0", "once on 0", "each on 1"]);
  assertEquals(all.map(({ backend }) => backend), ["cpu", "any", "cpu"]);
});

/** Kinds of `wasm` backends: the first runs every case, the others some. */
const MACHINES: readonly MachineOptions[] = [
  { build: "relaxed", threads: 2 },
  { build: "relaxed", threads: 1 },
  { build: "plain", threads: 1 },
  { build: "plain", threads: 2 },
];

/** Of so many cases of a model one runs here; an emulated GPU runs all in `deno task verify`. */
const SOME = 3;

/** Tests that cases, of each model one of so many, are within their bounds on a backend. */
function testCases(
  device: BackendName,
  every: number,
  kind: string,
  open: () => Promise<Backend>,
): void {
  const what = every === 1 ? "every case" : `every pattern's case, one of ${every} of a model's,`;
  testOnBackend(device, `${what} is within its bound${kind}`, async () => {
    const backend = await open();
    const failed: string[] = [];
    const chosen = sampledCases(cases, every);
    const all = await collectResults(chosen, [backend]);
    assertEquals(all.length, chosen.length);
    for (const { name, comparisons, passed } of all) {
      if (!passed) failed.push(`${name}: ${comparisons.map(({ fault }) => fault).join("; ")}`);
    }
    assertEquals(failed, []);
    assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
    backend.dispose();
  });
}

// Generation has a test of its own.
const cases = (await allCases(goldenFolder)).filter(({ name }) => !name.startsWith("generation/"));

testCases("cpu", 1, "", () => openBackend("cpu"));
testCases("webgpu", SOME, "", () => openBackend("webgpu"));
MACHINES.forEach((options, i) => {
  const kind = ` with ${JSON.stringify(options)}`;
  testCases("wasm", i === 0 ? 1 : SOME, kind, () => WasmBackend.open(options));
});

Deno.test("cases have distinct names and sources", () => {
  assertEquals(new Set(cases.map(({ name }) => name)).size, cases.length);
  for (const { name, source } of cases) assert(source, `${name} has no source`);
});

Deno.test("data types other than fp32 run what has a bound in them", async () => {
  const kinds = BACKEND_NAMES.flatMap((name) => DATA_TYPES.map((dtype) => ({ name, dtype })));
  const kindsOf = async (traits: Partial<VerifyCase>): Promise<string[]> => {
    const ran: string[] = [];
    const run = ({ name, dtype }: Backend) => {
      ran.push(`${name} ${dtype}`);
      return Promise.resolve([GOOD]);
    };
    await Array.fromAsync(runCases([{ ...makeCase("a/b", run), ...traits }], kinds as Backend[]));
    return ran;
  };
  const all = kinds.map(({ name, dtype }) => `${name} ${dtype}`);
  const plain = all.filter((kind) => kind.endsWith("fp32"));
  assertEquals(await kindsOf({ isChoice: true }), plain);
  assertEquals(await kindsOf({}), [...plain, "webgpu fp16"]);
  assertEquals(await kindsOf({ ofDecoder: true }), all);
  const kept = all.filter((kind) => !kind.endsWith("q8") && kind !== "webgpu fp16");
  assertEquals(await kindsOf({ ofDecoder: true, isChoice: true }), kept);
});
