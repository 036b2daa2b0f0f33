import { assert, assertEquals } from "@std/assert";
import { CpuBackend } from "../../cpu/backend.ts";
import { HEAD_FOLDERS, MODEL_FOLDERS, modelCases } from "../../verify/model_cases.ts";
import { type Change, ChangedWeight } from "./changed_weight.ts";
import { goldenFolder } from "./golden_folder.ts";

/** How many comparisons of one model's case fail when a weight is changed. */
async function failures(model: string, tensor: string, change: Change): Promise<number> {
  const cases = await modelCases((path) => {
    const folder = goldenFolder(path);
    return path === `models/${model}` ? new ChangedWeight(folder, tensor, change) : folder;
  });
  const backend = new CpuBackend();
  const each = cases.find(({ name }) => name === `models/${model}/unaligned_masked_lm`)!;
  const comparisons = await each.run(backend);
  assertEquals(backend.memory().tensors, 0);
  return comparisons.filter(({ passed }) => !passed).length;
}

for (
  const tensor of [
    "roberta.embeddings.global_embeddings.weight",
    "roberta.encoder.layer.0.attention.self.value.bias",
    "roberta.encoder.layer.1.output.LayerNorm.weight",
    "lm_head.bias",
  ]
) {
  Deno.test(`a change of 1e-4 in one value of ${tensor} is found`, async () => {
    assertEquals(await failures("lsg_norm", tensor, (value) => value), 0);
    assert(await failures("lsg_norm", tensor, (value) => value + 1e-4) > 0);
  });
}

for (const [group, names] of [["models", MODEL_FOLDERS], ["heads", HEAD_FOLDERS]] as const) {
  Deno.test(`there is a case for every folder of ${group}, and a folder for every case`, async () => {
    const folders = new Set<string>();
    for await (const entry of Deno.readDir(new URL(`../golden/${group}`, import.meta.url))) {
      folders.add(entry.name);
    }
    assertEquals(new Set(names), folders);
    const cases = await modelCases(goldenFolder);
    for (const folder of names) {
      assert(cases.some(({ name }) => name.startsWith(`${group}/${folder}/`)), folder);
    }
  });
}
