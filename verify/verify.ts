/**
 * Holds backends against the goldens.
 *
 * @module
 */
import type { Backend } from "../ops/backend.ts";
import type { CheckpointSource } from "../checkpoint/mod.ts";
import { attentionCases } from "./attention_cases.ts";
import type { VerifiedModel, VerifyCase } from "./case.ts";
import type { Comparison } from "./compare.ts";
import { conversionCases } from "./conversion_cases.ts";
import { modelCases } from "./model_cases.ts";

/** The verdict on one case. */
export interface VerifyResult {
  /** The case. */
  readonly name: string;
  /** The model, if it is a whole one. */
  readonly model?: VerifiedModel;
  /** What computed. */
  readonly backend: string;
  /** One comparison for each output; a single failed one if computing threw or gave none. */
  readonly comparisons: readonly Comparison[];
  /** Whether all of them passed. */
  readonly passed: boolean;
}

/**
 * All cases.
 *
 * @param folderOf Gives a folder below `tests/golden` by its path, `""` for itself.
 * @returns The cases: attentions, models, conversions.
 */
export async function allCases(
  folderOf: (path: string) => CheckpointSource,
): Promise<VerifyCase[]> {
  return [
    ...await attentionCases(folderOf("")),
    ...await modelCases(folderOf),
    ...await conversionCases(folderOf("conversion"), (name) => folderOf(`conversion/${name}`)),
  ];
}

/**
 * Runs cases on backends, one after the other.
 *
 * @param cases The cases.
 * @param backends What computes; a case for which that does not matter runs on the first only.
 * @returns One result for each case and backend, as they come.
 */
export async function* runCases(
  cases: readonly VerifyCase[],
  backends: readonly Backend[],
): AsyncGenerator<VerifyResult> {
  for (const [i, backend] of backends.entries()) {
    for (const each of cases) {
      if (each.anyBackend && i > 0) continue;
      const comparisons = await runCase(each, backend);
      const passed = comparisons.every((each) => each.passed);
      const name = each.anyBackend ? "any" : backend.name;
      yield { name: each.name, model: each.model, backend: name, comparisons, passed };
    }
  }
}

async function runCase(each: VerifyCase, backend: Backend): Promise<Comparison[]> {
  try {
    const comparisons = await each.run(backend);
    if (comparisons.length > 0) return comparisons;
    return [{ passed: false, largestError: Infinity, bound: 0, fault: "nothing was compared" }];
  } catch (error) {
    return [{ passed: false, largestError: Infinity, bound: 0, fault: String(error) }];
  }
}
