import { assert, assertEquals } from "@std/assert";
import { CpuBackend } from "../../cpu/backend.ts";
import { conversionCases } from "../../verify/conversion_cases.ts";
import { GoldenFile } from "../../verify/golden_file.ts";
import { type Change, ChangedWeight } from "./changed_weight.ts";
import { goldenFolder } from "./golden_folder.ts";

Deno.test("there is a case for every checkpoint that was converted", async () => {
  const folders: string[] = [];
  for await (const entry of Deno.readDir(new URL("../golden/conversion", import.meta.url))) {
    if (entry.isDirectory) folders.push(entry.name);
  }
  const { cases } = await GoldenFile.open(goldenFolder("conversion"), "golden.safetensors");
  assertEquals(new Set(cases.map(({ parameters }) => parameters.source)), new Set(folders));
});

/** How many tensors differ when a weight of the vanilla checkpoint is changed. */
async function failures(tensor: string, change: Change): Promise<number> {
  const cases = await conversionCases(
    goldenFolder("conversion"),
    (name) => new ChangedWeight(goldenFolder(`conversion/${name}`), tensor, change),
  );
  assertEquals(cases.every(({ anyBackend }) => anyBackend), true);
  const each = cases.find(({ name }) => name === "conversion/roberta_512_l1024_g9_s64")!;
  const comparisons = await each.run(new CpuBackend());
  assert(comparisons.length > 0);
  return comparisons.filter(({ passed }) => !passed).length;
}

for (const table of ["word", "position"]) {
  const name = `roberta.embeddings.${table}_embeddings.weight`;
  Deno.test(`a conversion that starts from another ${table} table is found, bit for bit`, async () => {
    assertEquals(await failures(name, (value) => value), 0);
    // A few steps of float32: the smallest changes count.
    assert(await failures(name, (value) => value * (1 + 2 ** -22)) > 0);
  });
}
