import { assertEquals, assertRejects } from "@std/assert";
import { isStandardInput, readInput } from "../../cli/input.ts";
import { withNewFolder } from "./model_memory_io.ts";

Deno.test("isStandardInput() knows its names", () => {
  for (const path of [undefined, "-", "/dev/stdin", "/dev/fd/0"]) {
    assertEquals(isStandardInput(path), true);
  }
  for (const path of ["", "./-", "stdin", "/dev/fd/3"]) assertEquals(isStandardInput(path), false);
});

Deno.test("readInput() reads a text in chunks, without a byte order mark", () =>
  withNewFolder(async (folder) => {
    await Deno.mkdir(folder);
    const path = `${folder}/text`;
    // Three bytes each, so that chunks end within characters.
    const text = "☂".repeat(700_000);
    await Deno.writeTextFile(path, text);
    assertEquals(await readInput(path), text);
    await Deno.writeTextFile(path, "\ufeffa\r\nb");
    assertEquals(await readInput(path), "a\r\nb");
    await Deno.writeTextFile(path, "");
    assertEquals(await readInput(path), "");
  }));

Deno.test("readInput() refuses what is too large, not UTF-8, or not a file", () =>
  withNewFolder(async (folder) => {
    await Deno.mkdir(folder);
    const path = `${folder}/text`;
    await Deno.writeTextFile(path, "12345");
    assertEquals(await readInput(path, 5), "12345");
    await assertRejects(() => readInput(path, 4), RangeError, "more than 4 bytes");
    for (const bytes of [[0xff], [0x61, 0xe2, 0x98]]) {
      await Deno.writeFile(path, Uint8Array.from(bytes));
      await assertRejects(() => readInput(path), TypeError, "it is not UTF-8 text");
    }
    await assertRejects(() => readInput(folder), RangeError, "it is a folder, wanted a text file");
    const device = "it is a pipe or a device, wanted a text file";
    await assertRejects(() => readInput("/dev/zero"), RangeError, device);
    await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
    await assertRejects(() => readInput(`${folder}/pipe`), RangeError, device);
    const listener = Deno.listen({ transport: "unix", path: `${folder}/socket` });
    await assertRejects(() => readInput(`${folder}/socket`), RangeError, device);
    listener.close();
  }));
