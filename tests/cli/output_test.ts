import { assertEquals, assertRejects } from "@std/assert";
import { processIo, writeOutput } from "../../cli/output.ts";
import { MemoryIo } from "./memory_io.ts";

Deno.test("writeOutput() writes to a file or to standard output", async () => {
  const io = new MemoryIo();
  await writeOutput(io, "x.svg", "file");
  await writeOutput(io, undefined, "one ");
  await writeOutput(io, "-", "two");
  assertEquals(io.files.get("x.svg"), "file");
  assertEquals(io.out, "one two");
});

Deno.test("processIo() reads back what it wrote, and only UTF-8", async () => {
  const folder = await Deno.makeTempDir();
  const io = processIo();
  await io.writeFile(`${folder}/text`, "naïve ☂ 🦕");
  assertEquals(await io.readFile(`${folder}/text`), "naïve ☂ 🦕");
  await Deno.writeFile(`${folder}/bytes`, new Uint8Array([0xff, 0xfe]));
  await assertRejects(() => io.readFile(`${folder}/bytes`), TypeError, "it is not UTF-8 text");
  const none = `${folder}/none`;
  const missing = `Cannot read ${none}: there is no such file or folder`;
  await assertRejects(() => io.readFile(none), Error, missing);
  await assertRejects(() => io.readFile(folder), Error, `Cannot read ${folder}: it is a folder`);
  await assertRejects(() => io.writeFile(folder, ""), Error, `Cannot write ${folder}: it is a`);
  await Deno.remove(folder, { recursive: true });
});
