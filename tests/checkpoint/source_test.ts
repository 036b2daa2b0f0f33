import { Buffer } from "node:buffer";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import {
  assertPlainFileName,
  assertPlainPath,
  readJsonObject,
  readText,
} from "../../checkpoint/source.ts";

Deno.test("assertPlainFileName() accepts the names that checkpoints use", () => {
  for (
    const name of ["config.json", "model-00001-of-00002.safetensors", "sentencepiece.bpe.model"]
  ) assertEquals(assertPlainFileName(name), undefined);
});

Deno.test("assertPlainFileName() throws on names that escape from a folder", () => {
  for (
    const name of [
      "",
      ".",
      "..",
      "../x",
      "a/../../x",
      "a/b",
      "/etc/passwd",
      "..\\x",
      "a\\b",
      "C:x",
      "C:\\x",
      "a\0b",
      "a\n",
      "~",
      "%2e%2e",
      ".hidden",
    ]
  ) assertThrows(() => assertPlainFileName(name), RangeError, "plain name");
});

Deno.test("assertPlainPath() accepts subfolders, and throws on paths that escape", () => {
  for (const path of ["config.json", "1_Pooling/config.json", "a/b/c"]) {
    assertEquals(assertPlainPath(path), undefined);
  }
  for (const path of ["", "/a", "a/", "a//b", "../a", "a/../b", "a/./b", "a/.b", "a\\b/c"]) {
    assertThrows(() => assertPlainPath(path), RangeError, "plain name");
  }
});

Deno.test("MemorySource reads copies, of a Node Buffer, too", async () => {
  for (const content of [new Uint8Array([1, 2, 3]), Buffer.from([1, 2, 3])]) {
    const read = await (await new MemorySource({ content }).open("content"))!.read(1, 3);
    content[1] = 9;
    assertEquals(read, new Uint8Array([2, 3]));
  }
});

Deno.test("readText() reads UTF-8 only", async () => {
  const source = new MemorySource({ "a.txt": "é", "b.txt": new Uint8Array([0xc3]) });
  assertEquals(await readText(source, "a.txt"), "é");
  assertEquals(await readText(source, "c.txt"), undefined);
  await assertRejects(() => readText(source, "b.txt"), SyntaxError, "memory/b.txt is not UTF-8");
});

Deno.test("readText() does not read a file of more than 100 MB", async () => {
  const read = () => Promise.reject(new Error("was read"));
  const source = {
    name: "huge",
    open: () => Promise.resolve({ name: "huge/a.txt", size: 100_000_001, read }),
  };
  await assertRejects(
    () => readText(source, "a.txt"),
    RangeError,
    "Cannot read huge/a.txt: got 100000001 bytes",
  );
});

Deno.test("readJsonObject() reads an object, and throws on anything else", async () => {
  const source = new MemorySource({ "a.json": '{"a": 1}', "b.json": "[1]" });
  assertEquals(await readJsonObject(source, "a.json"), { a: 1 });
  assertEquals(await readJsonObject(source, "c.json"), undefined);
  await assertRejects(() => readJsonObject(source, "b.json"), SyntaxError, "memory/b.json");
});
