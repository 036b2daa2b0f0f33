import { assertEquals, assertRejects } from "@std/assert";
import { writeNewFile } from "../../checkpoint/disk.ts";
import { FolderSource } from "../../checkpoint/folder_source.ts";
import { withFolder } from "../helpers/with_folder.ts";

Deno.test("FolderSource reads ranges of a file", () =>
  withFolder(async (folder) => {
    await writeNewFile(`${folder}/data.bin`, [new Uint8Array([0, 1, 2]), new Uint8Array([3, 4])]);
    const file = await new FolderSource(folder).open("data.bin");
    assertEquals(file?.size, 5);
    assertEquals(await file?.read(1, 4), new Uint8Array([1, 2, 3]));
    assertEquals(await file?.read(5, 5), new Uint8Array());
    await assertRejects(() => file!.read(3, 6), RangeError, "the file ends before");
  }));

Deno.test("FolderSource returns undefined for a missing file", () =>
  withFolder(async (folder) => {
    assertEquals(await new FolderSource(folder).open("config.json"), undefined);
  }));

Deno.test("FolderSource returns undefined below a file, and throws on a folder", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    assertEquals(await new FolderSource(`${folder}/file`).open("config.json"), undefined);
    await Deno.mkdir(`${folder}/config.json`);
    await assertRejects(
      () => new FolderSource(folder).open("config.json"),
      RangeError,
      `Cannot read ${folder}/config.json: it is a folder`,
    );
  }));

Deno.test("FolderSource rethrows other errors of the disk", () =>
  withFolder(async (folder) => {
    await Deno.symlink(`${folder}/loop`, `${folder}/loop`);
    await assertRejects(() => new FolderSource(folder).open("loop"), Error, "ELOOP");
  }));

Deno.test("FolderSource cannot escape from its folder, but follows links", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/model`);
    await Deno.writeTextFile(`${folder}/secret`, "secret");
    await Deno.symlink(`${folder}/secret`, `${folder}/model/link`);
    const source = new FolderSource(`${folder}/model`);
    await assertRejects(() => source.open("../secret"), RangeError, "plain name");
    await assertRejects(() => source.open(`${folder}/secret`), RangeError, "plain name");
    assertEquals((await source.open("link"))?.size, 6);
  }));

Deno.test("writeNewFile() does not overwrite", () =>
  withFolder(async (folder) => {
    await writeNewFile(`${folder}/a`, [new Uint8Array(1)]);
    await assertRejects(() => writeNewFile(`${folder}/a`, [new Uint8Array(2)]), Error, "EEXIST");
    assertEquals((await Deno.stat(`${folder}/a`)).size, 1);
  }));
