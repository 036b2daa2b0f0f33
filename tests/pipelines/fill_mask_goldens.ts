import { assert, assertEquals } from "@std/assert";
import type { FillMaskOptions, FillMaskPipeline, FillMaskResult } from "../../pipelines/mod.ts";
import { ACCUMULATION, modelBound } from "../../verify/bounds.ts";

/** A call of Python's fill-mask with its results. */
export interface FillMaskCase {
  name: string;
  texts: string | string[];
  options: FillMaskOptions;
  largest_logit: number;
  results: Nested;
}

type Nested = FillMaskResult | Nested[];

/** Compares a pipeline's results with those of Python's. */
export async function checkCase(
  unmasker: FillMaskPipeline,
  { texts, options, largest_logit, results }: FillMaskCase,
): Promise<void> {
  const { num_hidden_layers: layers, intermediate_size: width } = unmasker.model.config;
  const delta = modelBound({ layers, width, output: largest_logit }, ACCUMULATION.cpu);
  const actual = await silently(() => unmasker(texts as string, options));
  assertSameResults(actual, results, delta);
}

/**
 * Scores are exp(xᵢ) / Σ exp(xⱼ): if each logit differs by at most δ, a score differs by a factor
 * of at most exp(2δ). The softmax itself is float64 on both sides.
 */
function assertSameResults(actual: Nested, expected: Nested, delta: number): void {
  if (Array.isArray(expected)) {
    const list = actual as Nested[];
    assertEquals(list.length, expected.length);
    return expected.forEach((each, i) => assertSameResults(list[i], each, delta));
  }
  const { score, ...rest } = actual as FillMaskResult;
  const { score: wanted, ...wantedRest } = expected;
  assertEquals(rest, wantedRest);
  const bound = Math.expm1(2 * delta) * wanted;
  assert(Math.abs(score - wanted) <= bound, `${score} is not ${wanted} ± ${bound}`);
}

/** Runs without the warnings about words that are not in the vocabulary. */
async function silently<Result>(run: () => Promise<Result>): Promise<Result> {
  const { warn } = console;
  console.warn = () => {};
  try {
    return await run();
  } finally {
    console.warn = warn;
  }
}
