/** Checks that the bounds of float32 are tight enough to detect half precision. */
import { assert, assertEquals } from "@std/assert";
import type { BackendName, Floats } from "../../ops/backend.ts";
import type { AnyCall, Operation } from "../../ops/operation.ts";
import { CpuBackend } from "../../cpu/backend.ts";
import { decodeFloat16, encodeFloat16 } from "../../tensor/float16.ts";
import type { QuantizedWeights } from "../../tensor/quantized_layout.ts";
import { attentionCases } from "../../verify/attention_cases.ts";
import type { VerifyCase } from "../../verify/case.ts";
import { modelCases } from "../../verify/model_cases.ts";
import { goldenFolder } from "./golden_folder.ts";

/** The operations that attend to rows of a whole sequence. */
const HALVED: ReadonlySet<string> = new Set(["attend", "attendFeatures", "attendHashed"]);

/** A backend with the bounds of float32 that stores the results of attention in half precision. */
class HalfPrecision extends CpuBackend {
  override readonly name = "wasm" satisfies BackendName as "cpu";

  // The arrays of weights are used again but for a backend of the name "cpu".
  override floats(values: Float32Array, dims: readonly number[]): Floats {
    return super.floats(values.slice(), dims);
  }

  override weight(values: Float32Array | QuantizedWeights, dims: readonly number[]): Floats {
    return super.weight("steps" in values ? values : values.slice(), dims);
  }

  override run<Call extends AnyCall>(
    operation: Operation<Call>,
    ...args: Parameters<Call>
  ): ReturnType<Call> {
    const made = super.run(operation, ...args);
    if (!HALVED.has(operation.name)) return made;
    const { data, dims } = made as Floats;
    return this.floats(decodeFloat16(encodeFloat16(data)), dims) as ReturnType<Call>;
  }
}

/** Lists the cases that do not detect half precision. */
async function findUndetected(cases: readonly VerifyCase[]): Promise<string[]> {
  assert(cases.length > 0);
  const names: string[] = [];
  for (const { name, run } of cases) {
    const comparisons = await run(new HalfPrecision());
    if (comparisons.every(({ passed }) => passed)) names.push(name);
  }
  return names;
}

Deno.test("half precision in attention is detected in every case", async () => {
  // Two signed sums of 64 tokens: the bound allows for errors of equal sign.
  const tooWide = ["linformer/t64_d4_first_masked"];
  assertEquals(await findUndetected(await attentionCases(goldenFolder(""))), tooWide);
});

Deno.test("half precision in a layer's attention is detected in the outputs of models", async () => {
  const cases = await modelCases(goldenFolder);
  assertEquals(await findUndetected(cases.filter((_, i) => i % 8 === 0)), []);
});
