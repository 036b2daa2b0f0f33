import { assertEquals, assertRejects } from "@std/assert";
import { hasFiles, isSameFolder, replaceCheckpoint } from "../../cli/replace_checkpoint.ts";
import { withNewFolder } from "./model_memory_io.ts";

/** Reads all files of a folder. */
async function contents(folder: string): Promise<Record<string, string>> {
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  const texts = names.map(async (name) => [name, await Deno.readTextFile(`${folder}/${name}`)]);
  return Object.fromEntries(await Promise.all(texts));
}

async function write(folder: string, files: Record<string, string>): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${name}`, text);
  }
}

Deno.test("replaceCheckpoint() creates the folder", () =>
  withNewFolder(async (folder) => {
    await replaceCheckpoint(
      `${folder}/deep`,
      (staging) => write(staging, { "config.json": "new" }),
    );
    assertEquals(await contents(`${folder}/deep`), { "config.json": "new" });
  }));

Deno.test("replaceCheckpoint() removes only an older checkpoint", () =>
  withNewFolder(async (folder) => {
    const kept = { "notes.txt": "old", "config.json.bak": "old", "my_model.bin": "old" };
    await write(folder, {
      ...kept,
      "config.json": "old",
      "vocab.json": "old",
      "vocab.txt": "old",
      "spiece.model": "old",
      "merges.txt": "old",
      "pytorch_model.bin": "old",
      "model-00001-of-00002.safetensors": "old",
      "model.safetensors.index.json": "old",
    });
    await replaceCheckpoint(folder, (staging) => write(staging, { "config.json": "new" }));
    assertEquals(await contents(folder), { ...kept, "config.json": "new" });
  }));

Deno.test("replaceCheckpoint() changes nothing if saving fails", () =>
  withNewFolder(async (folder) => {
    await write(folder, { "config.json": "old" });
    const save = async (staging: string) => {
      await write(staging, { "config.json": "new" });
      throw new Error("disk full");
    };
    await assertRejects(() => replaceCheckpoint(folder, save), Error, "disk full");
    assertEquals(await contents(folder), { "config.json": "old" });
  }));

Deno.test("hasFiles() is true only for a folder with files", () =>
  withNewFolder(async (folder) => {
    assertEquals(await hasFiles(folder), false);
    await write(folder, {});
    assertEquals(await hasFiles(folder), false);
    await write(folder, { ".hidden": "" });
    assertEquals(await hasFiles(folder), true);
    await assertRejects(() => hasFiles(`${folder}/.hidden`), RangeError, "it is a file, wanted");
  }));

Deno.test("isSameFolder() resolves paths and links", () =>
  withNewFolder(async (folder) => {
    await write(folder, {});
    await write(`${folder}/inner`, {});
    await Deno.symlink(folder, `${folder}-link`);
    assertEquals(await isSameFolder(folder, `${folder}/inner/..`), true);
    assertEquals(await isSameFolder(folder, `${folder}-link`), true);
    assertEquals(await isSameFolder(folder, `${folder}/inner`), false);
    assertEquals(await isSameFolder(folder, `${folder}/none`), false);
    assertEquals(await isSameFolder(`${folder}/none`, `${folder}/none`), false);
  }));
