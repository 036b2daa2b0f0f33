import { assert, assertEquals } from "@std/assert";
import { CpuBackend } from "../../cpu/backend.ts";
import { modelCases } from "../../verify/model_cases.ts";
import {
  DECODER_FOLDERS,
  HEAD_FOLDERS,
  MODEL_FOLDERS,
  SEQ2SEQ_FOLDERS,
} from "../../verify/model_folders.ts";
import { runCases } from "../../verify/verify.ts";
import { type Change, changeWeight, renameTensors } from "./changed_file.ts";
import { goldenFolder } from "./golden_folder.ts";

/** Counts the failed comparisons of a model's case if a weight is changed. */
async function countFailures(model: string, tensor: string, change: Change): Promise<number> {
  const cases = await modelCases((path) => {
    const folder = goldenFolder(path);
    return path === `models/${model}` ? changeWeight(folder, tensor, change) : folder;
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
  Deno.test(`a change of 1e-4 in one value of ${tensor} is detected`, async () => {
    assertEquals(await countFailures("lsg_norm", tensor, (value) => value), 0);
    assert(await countFailures("lsg_norm", tensor, (value) => value + 1e-4) > 0);
  });
}

Deno.test("a golden without outputs fails", async () => {
  const inputs = ["input_ids", "attention_mask"];
  const cases = await modelCases((path) =>
    renameTensors(goldenFolder(path), "golden.safetensors", inputs)
  );
  const results = await Array.fromAsync(
    runCases(cases.filter(({ name }) => name.startsWith("models/lsg_norm/")), [new CpuBackend()]),
  );
  assert(results.length > 0);
  for (const { passed, comparisons } of results) {
    assertEquals(passed, false);
    assertEquals(comparisons.map(({ fault }) => fault), ["nothing was compared"]);
  }
});

const GROUPS = {
  models: MODEL_FOLDERS,
  heads: HEAD_FOLDERS,
  seq2seq: SEQ2SEQ_FOLDERS,
  decoders: DECODER_FOLDERS,
};
for (const [group, names] of Object.entries(GROUPS)) {
  Deno.test(`every folder of ${group} has a case, and every case a folder`, async () => {
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
