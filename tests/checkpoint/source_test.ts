import { Buffer } from "node:buffer";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { openPytorch } from "../../checkpoint/pytorch/pytorch_reader.ts";
import { openSafetensors } from "../../checkpoint/safetensors_reader.ts";
import { encodeSafetensors } from "../../checkpoint/safetensors_writer.ts";
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

Deno.test("a file that returns another number of bytes than it was asked for is refused", async () => {
  const bytes = encodeSafetensors([
    { name: "bias", dims: [2], dtype: "F32", data: new Float32Array([1, 2]) },
  ]);
  for (const surplus of [-1, 1, undefined]) {
    let isExact = true;
    const file = {
      name: "own/file",
      size: bytes.length,
      read: (start: number, end: number) => {
        const wrong = surplus === undefined ? undefined : new Uint8Array(end - start + surplus);
        return Promise.resolve(isExact ? bytes.slice(start, end) : wrong as Uint8Array);
      },
    };
    const tensors = await openSafetensors(file);
    isExact = false;
    const source = { name: "own", open: () => Promise.resolve(file) };
    const got = (wanted: number) =>
      `got ${surplus === undefined ? "no" : wanted + surplus} bytes, wanted ${wanted}`;
    const message = "Cannot read bytes 0 to 8 of own/file: " + got(8);
    await assertRejects(() => openSafetensors(file), RangeError, message);
    await assertRejects(() => openPytorch(file), RangeError, got(8));
    await assertRejects(() => tensors.load("bias"), RangeError, got(8));
    await assertRejects(() => tensors.loadBytes("bias"), RangeError, got(8));
    await assertRejects(() => readText(source, "file"), RangeError, got(bytes.length));
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
