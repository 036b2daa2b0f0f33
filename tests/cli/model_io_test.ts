import { assertEquals, assertRejects } from "@std/assert";
import { processModelIo } from "../../cli/model_io.ts";
import { withNewFolder } from "./model_memory_io.ts";

Deno.test("processModelIo() checks and writes files, and explains errors", () =>
  withNewFolder(async (folder) => {
    const io = processModelIo();
    const path = `${folder}/x.bin`;
    const chunks = async function* (...bytes: number[]) {
      for (const byte of bytes) yield Uint8Array.of(byte);
    };
    const missing = `Cannot write ${path}: there is no such file or folder`;
    await assertRejects(() => io.checkOutput(path), Error, missing);
    await assertRejects(() => io.writeBytes(path, chunks(1)), Error, missing);
    await Deno.mkdir(folder);
    await io.checkOutput(path);
    await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
    await io.writeBytes(path, chunks(1, 2));
    await io.checkOutput(path);
    assertEquals(await Deno.readFile(path), Uint8Array.of(1, 2));
  }));
