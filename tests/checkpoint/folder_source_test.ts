import { assertEquals, assertRejects } from "@std/assert";
import { isFolder, writeNewFile } from "../../checkpoint/disk.ts";
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

Deno.test("FolderSource throws on links to themselves", () =>
  withFolder(async (folder) => {
    await Deno.symlink(`${folder}/loop`, `${folder}/loop`);
    await assertRejects(() => new FolderSource(folder).open("loop"), RangeError, "ELOOP");
    await assertRejects(() => new FolderSource(`${folder}/loop`).open("a"), RangeError, "ELOOP");
    assertEquals(await isFolder(`${folder}/loop`), false);
  }));

Deno.test("FolderSource finds no file whose name is too long", () =>
  withFolder(async (folder) => {
    assertEquals(await new FolderSource(folder).open("a".repeat(300)), undefined);
    assertEquals(await isFolder(`${folder}/${"a".repeat(300)}`), false);
    assertEquals(await isFolder(`${folder}/a\0b`), false);
  }));

Deno.test({
  name: "FolderSource throws on pipes, devices and sockets, and does not wait for them",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      const { success } = await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
      assertEquals(success, true);
      await Deno.symlink(`${folder}/pipe`, `${folder}/link`);
      await Deno.symlink("/dev/zero", `${folder}/zero`);
      await Deno.symlink("/dev/null", `${folder}/null`);
      using _ = Deno.listen({ transport: "unix", path: `${folder}/socket` });
      for (const name of ["pipe", "link", "zero", "null", "socket"]) {
        await assertRejects(
          () => new FolderSource(folder).open(name),
          RangeError,
          `Cannot read ${folder}/${name}: it is a pipe, a device or a socket, wanted a file`,
        );
      }
    }),
});

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

Deno.test("FolderSource lists files in folders below it, without hidden ones", () =>
  withFolder(async (folder) => {
    for (const name of ["model", "model/1_Pooling", "model/empty", "model/.git", "other"]) {
      await Deno.mkdir(`${folder}/${name}`);
    }
    for (
      const name of [
        "model/config.json",
        "model/1_Pooling/config.json",
        "model/my notes.txt",
        "model/.git/config",
        "model/.hidden",
        "other/linked",
      ]
    ) await Deno.writeTextFile(`${folder}/${name}`, name);
    await Deno.symlink(`${folder}/other/linked`, `${folder}/model/link`);
    await Deno.symlink(`${folder}/model`, `${folder}/model/itself`);
    await Deno.symlink(`${folder}/nothing`, `${folder}/model/broken`);
    await Deno.symlink("loop", `${folder}/model/loop`);
    const files = await new FolderSource(`${folder}/model`).list();
    assertEquals([...files.keys()], [
      "1_Pooling/config.json",
      "config.json",
      "link",
      "my notes.txt",
    ]);
    assertEquals(await files.get("link")!.read(0, 5), new TextEncoder().encode("other"));
    assertEquals((await new FolderSource(`${folder}/nothing`).list()).size, 0);
    const below = await new FolderSource(`${folder}/model`).list("1_Pooling");
    assertEquals([...below.keys()], ["1_Pooling/config.json"]);
  }));
