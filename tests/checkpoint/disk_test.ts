import { assertEquals, assertRejects } from "@std/assert";
import { appendToFile, openFile, writeNewFile } from "../../checkpoint/disk.ts";

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
    await assertRejects(() => writeNewFile(path, chunks("again")), Deno.errors.AlreadyExists);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
