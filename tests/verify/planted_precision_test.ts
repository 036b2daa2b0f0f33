/** That bounds of float32 are narrow enough to notice half precision. */
import { assert, assertEquals } from "@std/assert";
import type { BackendName, Floats } from "../../ops/backend.ts";
import { CpuBackend } from "../../cpu/backend.ts";
import { decodeFloat16, encodeFloat16 } from "../../tensor/float16.ts";
import { attentionCases } from "../../verify/attention_cases.ts";
import type { VerifyCase } from "../../verify/case.ts";
import { modelCases } from "../../verify/model_cases.ts";
import { goldenFolder } from "./golden_folder.ts";

/** A backend with the bounds of a float32 floor, whose attentions are stored in half precision. */
class HalfPrecision extends CpuBackend {
  override readonly name = "wasm" satisfies BackendName as "cpu";

  override attend(...args: Parameters<CpuBackend["attend"]>): Floats {
    return this.#halve(super.attend(...args));
  }

  override attendFeatures(...args: Parameters<CpuBackend["attendFeatures"]>): Floats {
    return this.#halve(super.attendFeatures(...args));
  }

  override attendHashed(...args: Parameters<CpuBackend["attendHashed"]>): Floats {
    return this.#halve(super.attendHashed(...args));
  }

  #halve({ data, dims }: Floats): Floats {
    return this.floats(decodeFloat16(encodeFloat16(data)), dims);
  }
}

/** Names of the cases that do not notice. */
async function unnoticed(cases: readonly VerifyCase[]): Promise<string[]> {
  assert(cases.length > 0);
  const names: string[] = [];
  for (const { name, run } of cases) {
    const comparisons = await run(new HalfPrecision());
    if (comparisons.every(({ passed }) => passed)) names.push(name);
  }
  return names;
}

Deno.test("half precision in an attention is found in every case", async () => {
  // Here 64 tokens are added up twice, with signs: the bound allows for all to be off alike.
  const tooWide = ["linformer/t64_d4_first_masked"];
  assertEquals(await unnoticed(await attentionCases(goldenFolder(""))), tooWide);
});

Deno.test("half precision in a layer's attention is found at the end of models", async () => {
  const cases = await modelCases(goldenFolder);
  assertEquals(await unnoticed(cases.filter((_, i) => i % 8 === 0)), []);
});
