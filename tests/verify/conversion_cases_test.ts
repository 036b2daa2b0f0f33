import { assert, assertEquals } from "@std/assert";
import { MappedWeights, openWeights } from "../../checkpoint/mod.ts";
import { CpuBackend } from "../../cpu/backend.ts";
import { compareWeights, conversionCases, FILES } from "../../verify/conversion_cases.ts";
import { GoldenFile } from "../../verify/golden_file.ts";
import { type Change, changeWeight } from "./changed_file.ts";
import { goldenFolder } from "./golden_folder.ts";

Deno.test("every converted checkpoint has a case", async () => {
  const folders: string[] = [];
  for await (const entry of Deno.readDir(new URL("../golden/conversion", import.meta.url))) {
    if (entry.isDirectory) folders.push(entry.name);
  }
  const files = await Promise.all(
    FILES.map((name) => GoldenFile.open(goldenFolder("conversion"), name)),
  );
  const cases = files.flatMap(({ cases }) => cases);
  assertEquals(new Set(cases.map(({ parameters }) => parameters.source)), new Set(folders));
});

/** Counts the tensors that differ if a weight of the original checkpoint is changed. */
async function countFailures(tensor: string, change: Change): Promise<number> {
  const cases = await conversionCases(
    goldenFolder("conversion"),
    (name) => changeWeight(goldenFolder(`conversion/${name}`), tensor, change),
  );
  assertEquals(cases.every(({ anyBackend }) => anyBackend), true);
  const each = cases.find(({ name }) => name === "conversion/roberta_512_l1024_g9_s64")!;
  const comparisons = await each.run(new CpuBackend());
  assert(comparisons.length > 0);
  return comparisons.filter(({ passed }) => !passed).length;
}

for (const table of ["word", "position"]) {
  const name = `roberta.embeddings.${table}_embeddings.weight`;
  Deno.test(`a conversion from a changed ${table} table is detected`, async () => {
    assertEquals(await countFailures(name, (value) => value), 0);
    // A few units in the last place of float32.
    assert(await countFailures(name, (value) => value * (1 + 2 ** -22)) > 0);
  });
}

Deno.test("a conversion that loses a weight which it does not change is detected", async () => {
  const file = await GoldenFile.open(goldenFolder("conversion"), FILES[0]);
  const [golden] = file.cases;
  const weights = await openWeights(goldenFolder(`conversion/${golden.parameters.source}`));
  const lost = weights.names().find((name) => !file.tensors(golden).includes(name))!;
  for (const names of [weights.names(), weights.names().filter((name) => name !== lost)]) {
    const converted = new MappedWeights(names.map((name) => [name, { weights, name }]));
    const { fault } = (await compareWeights(file, golden, weights, converted)).at(-1)!;
    assertEquals(fault.includes(lost), !names.includes(lost), fault);
  }
});
