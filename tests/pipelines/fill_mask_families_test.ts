import { fromFileUrl } from "@std/path";
import { FolderSource } from "../../checkpoint/folder_source.ts";
import { pipeline } from "../../pipelines/mod.ts";
import { checkCase, type FillMaskCase } from "./fill_mask_goldens.ts";

/** Output of tools/make_family_fill_mask_goldens.py. */
interface Goldens {
  models: { model: string; tokenizer: string; cases: FillMaskCase[] }[];
}

const root = new URL("../golden/", import.meta.url);
const goldens: Goldens = JSON.parse(
  await Deno.readTextFile(new URL("pipelines/fill_mask_families.json", root)),
);

for (const { model, tokenizer, cases } of goldens.models) {
  const [first, second] = [model, tokenizer]
    .map((folder) => new FolderSource(fromFileUrl(new URL(folder, root))));
  const both = {
    name: model,
    open: async (name: string) => await first.open(name) ?? await second.open(name),
  };
  for (const golden of cases) {
    Deno.test(`fill-mask with the vocabulary of ${tokenizer}: ${golden.name}`, async () => {
      const unmasker = await pipeline("fill-mask", both);
      await checkCase(unmasker, golden);
      unmasker.dispose();
    });
  }
}
