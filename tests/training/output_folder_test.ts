import { assert, assertEquals, assertRejects } from "@std/assert";
import { writeNewFile } from "../../checkpoint/disk.ts";
import { OutputFolder, stepOf } from "../../training/output_folder.ts";
import { withFolder } from "../helpers/with_folder.ts";

/** Writes a checkpoint of one file. */
function save(folder: OutputFolder, step: number, text = ""): Promise<void> {
  return folder.save(step, async (path) => {
    await Deno.mkdir(path);
    await Deno.writeTextFile(`${path}/file`, text);
  });
}

function namesIn(path: string): string[] {
  return [...Deno.readDirSync(path)].map(({ name }) => name).sort();
}

Deno.test("OutputFolder lists checkpoints by their steps", () =>
  withFolder(async (path) => {
    const folder = new OutputFolder(path);
    for (const step of [100, 9, 20]) await save(folder, step);
    await Deno.mkdir(`${path}/checkpoint-x`);
    await Deno.writeTextFile(`${path}/checkpoint-5`, "a file");
    assertEquals(await folder.checkpoints(), [9, 20, 100]);
    assertEquals(await new OutputFolder(`${path}/none`).checkpoints(), []);
  }));

Deno.test("OutputFolder writes a checkpoint whole or not at all", () =>
  withFolder(async (path) => {
    const folder = new OutputFolder(path);
    await save(folder, 1, "old");
    const failing = folder.save(1, async (aside) => {
      await Deno.mkdir(aside);
      assertEquals(await folder.checkpoints(), [1]);
      throw new Error("disk full");
    });
    await assertRejects(() => failing, Error, "disk full");
    assertEquals(namesIn(path), ["checkpoint-1"]);
    assertEquals(await Deno.readTextFile(`${folder.pathOf(1)}/file`), "old");
    await save(folder, 1, "new");
    assertEquals(namesIn(path), ["checkpoint-1"]);
    assertEquals(await Deno.readTextFile(`${folder.pathOf(1)}/file`), "new");
  }));

Deno.test("OutputFolder says so if another training writes to it", () =>
  withFolder(async (path) => {
    const folder = new OutputFolder(path);
    const interfere: Record<string, (aside: string) => Promise<void>> = {
      "a file that the other wrote": async (aside) => {
        await Deno.mkdir(aside);
        for (let i = 0; i < 2; i++) await writeNewFile(`${aside}/file`, []);
      },
      "a folder that the other removed": (aside) => writeNewFile(`${aside}/file`, []),
      "a folder that the other moved": () => Promise.resolve(),
      "a checkpoint that the other saved": async (aside) => {
        await Deno.mkdir(aside);
        await Deno.mkdir(`${path}/checkpoint-1/sub`, { recursive: true });
        folder.checkpoints = () => Promise.resolve([]);
      },
    };
    for (const [name, write] of Object.entries(interfere)) {
      await assertRejects(() => folder.save(1, write), Error, "no other training writes to", name);
    }
  }));

Deno.test("OutputFolder removes what a killed process has left", () =>
  withFolder(async (path) => {
    const folder = new OutputFolder(`${path}/a/b`);
    await folder.prepare();
    await save(folder, 3);
    for (const name of ["tmp-checkpoint-4", "tmp-old-checkpoint-3", "mine"]) {
      await Deno.mkdir(`${folder.path}/${name}`);
      await Deno.writeTextFile(`${folder.path}/${name}/file`, "");
    }
    await folder.prepare();
    assertEquals(namesIn(folder.path), ["checkpoint-3", "mine"]);
    await folder.clear();
    assertEquals(namesIn(folder.path), ["mine"]);
  }));

Deno.test("OutputFolder keeps the best checkpoint and the last", async () => {
  const cases: [
    limit: number | undefined,
    best: number | undefined,
    last: number,
    left: number[],
  ][] = [
    [undefined, 1, 4, [1, 2, 3, 4]],
    [4, undefined, 4, [1, 2, 3, 4]],
    [2, undefined, 4, [3, 4]],
    [1, undefined, 4, [4]],
    [2, 1, 4, [1, 4]],
    [3, 1, 4, [1, 3, 4]],
    [1, 1, 4, [1, 4]],
    [1, 4, 4, [4]],
    // Resumed from 1: 3 and 4 are of the run before.
    [3, undefined, 2, [1, 2, 4]],
    [2, undefined, 2, [1, 2]],
    [1, undefined, 2, [2]],
    [1, 1, 2, [1, 2]],
  ];
  for (const [limit, best, last, left] of cases) {
    await withFolder(async (path) => {
      const folder = new OutputFolder(path);
      for (const step of [1, 2, 3, 4]) await save(folder, step);
      await folder.rotate(limit, best, last);
      assertEquals(await folder.checkpoints(), left, `limit ${limit}, best ${best}, last ${last}`);
    });
  }
});

Deno.test("stepOf() reads the steps of a path", () => {
  assertEquals(stepOf("out/checkpoint-12"), 12);
  assertEquals(stepOf("C:\\out\\checkpoint-12"), 12);
  assert(
    [null, "out", "checkpoint-", "checkpoint-1/x"].every((path) => stepOf(path) === undefined),
  );
});
