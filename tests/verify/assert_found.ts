/** That a planted fault is noticed by real cases with their real bounds. */
import { assert, assertEquals, assertFalse } from "@std/assert";
import type { Backend } from "../../ops/backend.ts";
import { CpuBackend } from "../../cpu/backend.ts";
import { attentionCases } from "../../verify/attention_cases.ts";
import type { VerifyCase } from "../../verify/case.ts";
import type { Comparison } from "../../verify/compare.ts";
import { goldenFolder } from "./golden_folder.ts";

const cases = await attentionCases(goldenFolder(""));

/** A case of an attention by its name. */
export function caseOf(name: string): VerifyCase {
  return cases.find((each) => each.name === name)!;
}

/** That a case passes on the CPU backend and fails on a faulty one, with a finite difference. */
export async function assertFound(name: string, backend: Backend, fault: string): Promise<void> {
  const sound = await caseOf(name).run(new CpuBackend());
  assert(sound.every(({ passed }) => passed), `${name} fails without a fault`);
  const failed = (await caseOf(name).run(backend)).filter(({ passed }) => !passed);
  assert(failed.length > 0, `${name} passes in spite of a fault: ${fault}`);
  failed.forEach(assertBeyond);
}

/** That values were compared and found to differ by far more than the bound. */
export function assertBeyond({ passed, largestError, bound, fault }: Comparison): void {
  assertFalse(passed);
  assert(largestError > 1000 * bound && largestError < Infinity, fault);
  assertEquals(fault.includes(" ± "), true, fault);
}
