/**
 * Comparison of backends with the goldens.
 *
 * @module
 */
import type { Backend } from "../ops/backend.ts";
import type { CheckpointSource } from "../checkpoint/mod.ts";
import { attentionCases } from "./attention_cases.ts";
import type { VerifiedModel, VerifyCase } from "./case.ts";
import type { Comparison } from "./compare.ts";
import { conversionCases } from "./conversion_cases.ts";
import { generationCases } from "./generation_cases.ts";
import { modelCases } from "./model_cases.ts";
import { GENERATION_FOLDERS } from "./model_folders.ts";

/** Result of a case on a backend. */
export interface VerifyResult {
  /** Name of the case. */
  readonly name: string;
  /** The model, if the case runs a whole model. */
  readonly model?: VerifiedModel;
  /** Name of the backend; `any` if it does not matter. */
  readonly backend: string;
  /** One comparison per output; a single failed one if the case threw or compared nothing. */
  readonly comparisons: readonly Comparison[];
  /** Whether all comparisons passed. */
  readonly passed: boolean;
}

/**
 * Reads all cases.
 *
 * @param folderOf Returns a folder below `tests/golden` by path; `""` is `tests/golden` itself.
 * @returns Cases of attention patterns, models, generation and conversions.
 */
export async function allCases(
  folderOf: (path: string) => CheckpointSource,
): Promise<VerifyCase[]> {
  return [
    ...await attentionCases(folderOf("")),
    ...await modelCases(folderOf),
    ...await generationCases(GENERATION_FOLDERS, folderOf),
    ...await conversionCases(folderOf("conversion"), (name) => folderOf(`conversion/${name}`)),
  ];
}

/**
 * Runs cases on backends, one after the other.
 *
 * @param cases The cases.
 * @param backends The backends; cases that do not depend on the backend run only on the first. Where
 * weights alone are `fp16` or `q8`, cases of rotary decoders run; choices only where nothing is rounded.
 * @returns One result per case and backend, as they complete.
 */
export async function* runCases(
  cases: readonly VerifyCase[],
  backends: readonly Backend[],
): AsyncGenerator<VerifyResult> {
  for (const [i, backend] of backends.entries()) {
    for (const each of cases) {
      if (each.anyBackend && i > 0) continue;
      if (!hasBound(each, backend)) continue;
      const comparisons = await runCase(each, backend);
      const passed = comparisons.every((each) => each.passed);
      const name = each.anyBackend ? "any" : backend.name;
      yield { name: each.name, model: each.model, backend: name, comparisons, passed };
    }
  }
}

/** Whether there is a bound for a case in the data type of a backend. */
function hasBound({ isChoice, ofDecoder }: VerifyCase, { name, dtype }: Backend): boolean {
  if (dtype === "fp32") return true;
  if (dtype === "fp16" && name === "webgpu") return !isChoice;
  return ofDecoder === true && (dtype === "fp16" || !isChoice);
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
