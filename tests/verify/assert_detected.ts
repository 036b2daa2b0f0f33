/** Assertions that real cases, with their real bounds, detect a planted fault. */
import { assert, assertEquals, assertFalse } from "@std/assert";
import type { Backend } from "../../ops/backend.ts";
import { CpuBackend } from "../../cpu/backend.ts";
import { attentionCases } from "../../verify/attention_cases.ts";
import type { VerifyCase } from "../../verify/case.ts";
import type { Comparison } from "../../verify/compare.ts";
import { goldenFolder } from "./golden_folder.ts";

const cases = await attentionCases(goldenFolder(""));

/** Finds an attention case by name. */
export function findCase(name: string): VerifyCase {
  return cases.find((each) => each.name === name)!;
}

/** Asserts that a case passes on the CPU backend and fails on a faulty one by a finite difference. */
export async function assertDetected(name: string, backend: Backend, fault: string): Promise<void> {
  const sound = await findCase(name).run(new CpuBackend());
  assert(sound.every(({ passed }) => passed), `${name} fails without a fault`);
  const failed = (await findCase(name).run(backend)).filter(({ passed }) => !passed);
  assert(failed.length > 0, `${name} passes despite a fault: ${fault}`);
  failed.forEach(assertBeyond);
}

/** Asserts that a comparison failed because values differ by far more than the bound. */
export function assertBeyond({ passed, largestError, bound, fault }: Comparison): void {
  assertFalse(passed);
  assert(largestError > 1000 * bound && largestError < Infinity, fault);
  assertEquals(fault.includes(" ± "), true, fault);
}
