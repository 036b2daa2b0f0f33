import { assertEquals, assertRejects } from "@std/assert";
import {
  appendToFile,
  flushFolder,
  listFolders,
  openFile,
  replaceFile,
  writeNewFile,
} from "../../checkpoint/disk.ts";

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
}

Deno.test("a file that another process has removed does not begin again in the middle", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/file`;
    const error = await assertRejects(() => appendToFile(path, chunks("tail")), Error);
    assertEquals((error as { code?: string }).code, "ENOENT");
    assertEquals(await openFile(path), undefined);

    await writeNewFile(path, chunks("head, ", "middle, "));
    await appendToFile(path, chunks("tail", "."));
    assertEquals(await Deno.readTextFile(path), "head, middle, tail.");
    const again = await assertRejects(() => writeNewFile(path, chunks("again")), Error);
    assertEquals((again as { code?: string }).code, "EEXIST");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a file is replaced by one that is complete", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/file`;
    const encode = (text: string) => [new TextEncoder().encode(text)];
    await replaceFile(path, encode("first"));
    await Deno.writeTextFile(`${path}.writing`, "of a process that was killed");
    await replaceFile(path, encode("second"));
    assertEquals(await Deno.readTextFile(path), "second");
    const failing = function* () {
      yield* encode("third");
      throw new Error("disk full");
    };
    await assertRejects(() => replaceFile(path, failing()), Error, "disk full");
    assertEquals(await Deno.readTextFile(path), "second");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("flushFolder() leaves files as they are", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/a`);
    await Deno.writeTextFile(`${folder}/a/b`, "text");
    await flushFolder(folder);
    assertEquals(await Deno.readTextFile(`${folder}/a/b`), "text");
    await flushFolder(`${folder}/none`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("listFolders() lists folders, not files", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/b`);
    await Deno.mkdir(`${folder}/a`);
    await Deno.writeTextFile(`${folder}/c`, "");
    assertEquals(await listFolders(folder), ["a", "b"]);
    assertEquals(await listFolders(`${folder}/none`), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
