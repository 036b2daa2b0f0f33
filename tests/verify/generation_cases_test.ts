import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type CheckpointSource, MemorySource } from "../../checkpoint/mod.ts";
import { BACKEND_NAMES, openBackend } from "../../device.ts";
import {
  generationCases,
  type GenerationRun,
  readGenerationGolden,
} from "../../verify/generation_cases.ts";
import {
  DECODER_FOLDERS,
  GENERATION_FOLDERS,
  SELF_EXTEND_FOLDERS,
} from "../../verify/model_folders.ts";
import { testOnBackend } from "../helpers/backends.ts";
import { ChangedFile, changeWeight } from "./changed_file.ts";
import { goldenFolder } from "./golden_folder.ts";
import "../helpers/quiet_reference.ts";

/** A file of each family of encoder-decoders: all of them take too long on an emulated GPU. */
const SHORT = [
  ...["bart_lsg_norm", "mbart_relu", "pegasus_lsg_cut_g5", "led_windows"].map((name) =>
    `seq2seq/${name}`
  ),
  ...DECODER_FOLDERS.map((name) => `decoders/${name}`),
  ...SELF_EXTEND_FOLDERS.map((name) => `decoders/${name}/self_extend`),
];

/** Of decoders the first greedy run and the first with beams of each config. */
function chooseRuns(runs: readonly GenerationRun[], path: string): readonly GenerationRun[] {
  if (!path.startsWith("decoders/")) return runs;
  const seen = new Set<string>();
  return runs.filter(({ config, self_extend, settings }) => {
    const kind = JSON.stringify([config, !self_extend, settings.num_beams !== undefined]);
    return !seen.has(kind) && seen.add(kind);
  });
}

for (const device of BACKEND_NAMES) {
  testOnBackend(device, "generation gives the ids of transformers", async (t) => {
    const backend = await openBackend(device);
    const cases = device === "webgpu"
      ? await generationCases(SHORT, goldenFolder, chooseRuns)
      : await generationCases(GENERATION_FOLDERS, goldenFolder);
    for (const { name, run } of cases) {
      await t.step(name, async () => {
        const comparisons = await run(backend);
        assert(comparisons.length > 0);
        assertEquals(comparisons.flatMap(({ passed, fault }) => passed ? [] : [fault]), []);
      });
    }
    assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
    backend.dispose();
  });
}

Deno.test("every golden file of generation has a case, at least 300 runs", async () => {
  const folders: string[] = [];
  for (const kind of ["seq2seq", "decoders"]) {
    for await (const { name } of Deno.readDir(new URL(`../golden/${kind}`, import.meta.url))) {
      const path = `${kind}/${name}`;
      if (await goldenFolder(path).open("generation.json")) folders.push(path);
      for (const file of ["self_extend", "rules"]) {
        if (await goldenFolder(path).open(`${file}.json`)) folders.push(`${path}/${file}`);
      }
    }
  }
  assertEquals(new Set(GENERATION_FOLDERS), new Set(folders));
  const goldens = await Promise.all(
    folders.filter((name) => name.split("/").length === 2)
      .map((name) => readGenerationGolden(goldenFolder(name))),
  );
  assert(goldens.reduce((sum, { runs }) => sum + runs.length, 0) >= 300);
});

/** The faults of a model whose folder is changed. */
async function faultsOf(
  change: (folder: CheckpointSource) => CheckpointSource,
): Promise<string[]> {
  const [{ run }] = await generationCases(
    ["seq2seq/mbart_relu"],
    (path) => change(goldenFolder(path)),
  );
  using backend = await openBackend("cpu");
  return (await run(backend)).flatMap(({ passed, fault }) => passed ? [] : [fault]);
}

Deno.test("a changed weight and a changed id are detected", async () => {
  const bias = (by: number) => (folder: CheckpointSource) =>
    changeWeight(folder, "final_logits_bias", (value) => value + by);
  assertEquals(await faultsOf(bias(0)), []);
  assert((await faultsOf(bias(5))).length > 0);
  const faults = await faultsOf((folder) =>
    new ChangedFile(folder, "generation.json", (bytes) => {
      // The last digit of the last id of the first row.
      const text = new TextDecoder("latin1").decode(bytes);
      bytes[text.indexOf("]", text.indexOf('"sequences":[[')) - 1] ^= 1;
    })
  );
  assertEquals(faults.length, 1);
  assertStringIncludes(faults[0], "run 0");
});

Deno.test("a golden file of generation must exist and have runs", async () => {
  const none: Record<string, string> = {};
  for (const files of [none, { "generation.json": '{"inputs": [], "runs": []}' }]) {
    await assertRejects(
      () => readGenerationGolden(new MemorySource(files)),
      RangeError,
      "generation.json: wanted a file with runs",
    );
  }
});
