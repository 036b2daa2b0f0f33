import { assert, assertEquals } from "@std/assert";
import type { VerifyCase } from "../../verify/case.ts";
import { allCases } from "../../verify/verify.ts";
import { goldenFolder } from "./golden_folder.ts";
import { sampledCases } from "./sampled_cases.ts";

function makeCases(names: string[]): VerifyCase[] {
  return names.map((name) => ({
    name,
    source: "a test",
    anyBackend: false,
    run: () => Promise.resolve([]),
  }));
}

Deno.test("sampledCases() keeps patterns, and of each model's folder the first and one of so many", () => {
  const all = makeCases([
    "full/a",
    "full/b",
    "models/x/1",
    "models/x/2",
    "models/y/1",
    "models/x/3",
  ]);
  const names = (every: number) => sampledCases(all, every).map(({ name }) => name);
  assertEquals(names(2), ["full/a", "full/b", "models/x/1", "models/y/1", "models/x/3"]);
  assertEquals(names(3), ["full/a", "full/b", "models/x/1", "models/y/1"]);
  assertEquals(names(1), all.map(({ name }) => name));
});

Deno.test("sampledCases() leaves out no folder of models, and keeps less than half of all", async () => {
  const all = await allCases(goldenFolder);
  const kept = sampledCases(all, 10);
  const folders = (cases: readonly VerifyCase[]) =>
    new Set(
      cases.map(({ name }) => name.split("/"))
        .map(([kind, folder]) => kind === "generation" ? kind : `${kind}/${folder}`),
    );
  const wanted = [...folders(all)].filter((folder) =>
    /^(models|heads|decoders|seq2seq|generation)/.test(folder)
  );
  assert(wanted.length > 100, `${wanted.length} folders`);
  for (const folder of wanted) assert(folders(kept).has(folder), folder);
  const [less, more] = [kept, all].map((cases) =>
    cases.filter(({ name }) => name.startsWith("models/")).length
  );
  assert(2 * less < more, `${less} of ${more}`);
});
