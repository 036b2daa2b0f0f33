import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  checkReplaceable,
  hasFiles,
  isSameFolder,
  replaceCheckpoint,
} from "../../cli/replace_checkpoint.ts";
import { testUnless } from "../helpers/test_unless.ts";
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
      "chat_template.jinja": "old",
    });
    await write(`${folder}/1_Pooling`, { "config.json": "old" });
    await write(`${folder}/additional_chat_templates`, { "tools.jinja": "old" });
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

Deno.test("replaceCheckpoint() replaces what the new checkpoint has, modules of the old one too", () =>
  withNewFolder(async (folder) => {
    await write(folder, { "config.json": "old", "modules.json": "old", "README.md": "old" });
    await write(`${folder}/1_Pooling`, { "config.json": "old" });
    await write(`${folder}/2_Dense`, { "model.safetensors": "old" });
    await write(`${folder}/mine`, { "config.json": "old" });
    await write(`${folder}/docs/deep`, { "a.md": "old", "b.md": "old" });
    await replaceCheckpoint(folder, async (staging) => {
      await write(`${staging}/docs/deep`, { "a.md": "new", "c.md": "new" });
      await write(staging, { "config.json": "new", "README.md": "new" });
      await write(`${staging}/1_Pooling`, { "other.json": "new" });
    });
    const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
    assertEquals(names, ["1_Pooling", "README.md", "config.json", "docs", "mine"]);
    assertEquals(await contents(`${folder}/docs/deep`), {
      "a.md": "new",
      "b.md": "old",
      "c.md": "new",
    });
    assertEquals(await contents(`${folder}/1_Pooling`), { "other.json": "new" });
    assertEquals(await contents(`${folder}/mine`), { "config.json": "old" });
    assertEquals(await Deno.readTextFile(`${folder}/README.md`), "new");
  }));

Deno.test("replaceCheckpoint() keeps the old one and the new one if files cannot be moved", () =>
  withNewFolder(async (folder) => {
    await write(folder, { "config.json": "old", "merges.txt": "old", "vocab.json": "old" });
    // A folder where the new one has a file.
    await write(`${folder}/README.md`, { "mine": "old" });
    const save = (staging: string) => write(staging, { "config.json": "new", "README.md": "new" });
    const { message } = await assertRejects(() => replaceCheckpoint(folder, save), Error);
    assertStringIncludes(message, "README.md in it is a folder, wanted a file");
    const kept = message.match(/it is unchanged, the new one is complete in (.+)$/)![1];
    assertEquals(await contents(kept), { "config.json": "new", "README.md": "new" });
    assertEquals(await Array.fromAsync(Deno.readDir(`${kept}/..`), ({ name }) => name), ["new"]);
    assertEquals(await contents(`${folder}/README.md`), { "mine": "old" });
    for (const name of ["config.json", "merges.txt", "vocab.json"]) {
      assertEquals(await Deno.readTextFile(`${folder}/${name}`), "old");
    }
  }));

/** Makes a file immutable, so that it can neither be moved nor deleted, or undoes that. */
async function setImmutable(path: string, flag: "+i" | "-i"): Promise<void> {
  const { success } = await new Deno.Command("chattr", { args: [flag, path] }).output();
  if (!success) throw new Error(`chattr ${flag} ${path} failed`);
}

/** Returns why files cannot be made immutable here; undefined if they can. */
async function findSkipReason(): Promise<string | undefined> {
  const file = await Deno.makeTempFile();
  try {
    await setImmutable(file, "+i");
    await setImmutable(file, "-i");
    return undefined;
  } catch (error) {
    return `no file can be made immutable: ${(error as Error).message}`;
  } finally {
    await Deno.remove(file);
  }
}

const skipReason = await findSkipReason();

for (const name of ["config.json", "tokenizer.json", "model.safetensors"]) {
  testUnless(
    skipReason,
    `replaceCheckpoint() moves all back if ${name} is immutable`,
    () =>
      withNewFolder(async (folder) => {
        const old = { "config.json": "old", "model.safetensors": "old", "tokenizer.json": "old" };
        const fresh = { "config.json": "new", "model.safetensors": "new", "vocab.txt": "new" };
        await write(folder, old);
        await setImmutable(`${folder}/${name}`, "+i");
        try {
          const { message } = await assertRejects(
            () => replaceCheckpoint(folder, (staging) => write(staging, fresh)),
            Error,
            `Cannot write ${folder}/${name}: operation not permitted`,
          );
          const kept = message.match(/it is unchanged, the new one is complete in (.+)$/)![1];
          assertEquals(await contents(kept), fresh);
          await Deno.remove(kept.slice(0, -"/new".length), { recursive: true });
          assertEquals(await contents(folder), old);
        } finally {
          await setImmutable(`${folder}/${name}`, "-i");
        }
      }),
  );
}

testUnless(
  skipReason,
  "replaceCheckpoint() warns if the old one cannot be deleted",
  () =>
    withNewFolder(async (folder) => {
      await write(folder, { "config.json": "old" });
      await write(`${folder}/1_Pooling`, { "config.json": "old" });
      await setImmutable(`${folder}/1_Pooling/config.json`, "+i");
      const warning = await replaceCheckpoint(
        folder,
        (staging) => write(staging, { "config.json": "new" }),
      );
      const left = warning?.match(/what is left of it is in (\S+):/)?.[1];
      await setImmutable(`${left}/1_Pooling/config.json`, "-i");
      assertEquals(await contents(`${left}/1_Pooling`), { "config.json": "old" });
      assertEquals(await Deno.readTextFile(`${folder}/config.json`), "new");
    }),
);

Deno.test("replaceCheckpoint() removes the folders that it made if saving fails", () =>
  withNewFolder(async (folder) => {
    await write(folder, {});
    const fail = () => Promise.reject(new Error("disk full"));
    await assertRejects(() => replaceCheckpoint(`${folder}/a//b/./c`, fail), Error, "disk full");
    assertEquals(await contents(folder), {});
  }));

Deno.test("replaceCheckpoint() moves back if a folder of the new one is a file", () =>
  withNewFolder(async (folder) => {
    const old = { "config.json": "old", "vocab.txt": "old", "docs": "mine" };
    await write(folder, old);
    const { message } = await assertRejects(
      () =>
        replaceCheckpoint(folder, async (staging) => {
          await write(staging, { "config.json": "new", "merges.txt": "new" });
          await write(`${staging}/docs`, { "a.md": "new" });
        }),
      Error,
      "it is unchanged",
    );
    const kept = message.match(/the new one is complete in (.+)$/)![1];
    assertEquals(await contents(`${kept}/docs`), { "a.md": "new" });
    assertEquals(await Deno.readTextFile(`${kept}/config.json`), "new");
    await Deno.remove(kept.slice(0, -"/new".length), { recursive: true });
    assertEquals(await contents(folder), old);
  }));

Deno.test("checkReplaceable() refuses a folder with the name of a checkpoint's file", () =>
  withNewFolder(async (folder) => {
    await checkReplaceable(folder);
    await write(folder, { "vocab.json": "old" });
    await write(`${folder}/1_Pooling`, {});
    await write(`${folder}/notes`, {});
    await checkReplaceable(folder);
    for (const name of ["vocab.txt", "model.safetensors", "modules.json"]) {
      await write(`${folder}/${name}`, {});
      const message = `${name} in it is a folder, wanted a file; move it away`;
      await assertRejects(() => checkReplaceable(folder), RangeError, message);
      await Deno.remove(`${folder}/${name}`);
    }
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
