import { assertEquals, assertRejects } from "@std/assert";
import { AbortableSource } from "../../checkpoint/abortable_source.ts";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { type ProgressInfo, ProgressSource } from "../../checkpoint/progress_source.ts";
import type { CheckpointFile } from "../../checkpoint/source.ts";

/** Opens a file of 10 bytes, and records the progress reported. */
async function openWithProgress(
  content = new Uint8Array(10),
): Promise<{ file: CheckpointFile; reported: ProgressInfo[] }> {
  const reported: ProgressInfo[] = [];
  const files = new MemorySource({ "model.safetensors": content });
  const source = new ProgressSource(files, (info) => reported.push(info));
  return { file: (await source.open("model.safetensors"))!, reported };
}

Deno.test("ProgressSource reports with the keys of transformers.js", async () => {
  const { file, reported } = await openWithProgress();
  const about = { name: "memory", file: "model.safetensors" };
  assertEquals(reported, [{ status: "initiate", ...about }, { status: "download", ...about }]);
  await file.read(0, 4);
  const info = { status: "progress", ...about, total: 10 };
  assertEquals(reported.slice(2), [{ ...info, loaded: 4, progress: 40 }]);
  await file.read(4, 10);
  assertEquals(reported.slice(3), [
    { ...info, loaded: 10, progress: 100 },
    { status: "done", ...about },
  ]);
});

Deno.test("ProgressSource passes the bytes through", async () => {
  const { file } = await openWithProgress(new Uint8Array([5, 6, 7]));
  assertEquals(file.name, "memory/model.safetensors");
  assertEquals(file.size, 3);
  assertEquals(await file.read(1, 3), new Uint8Array([6, 7]));
});

Deno.test("sources around a source keep what its files have from their class", async () => {
  class OwnFile implements CheckpointFile {
    get name() {
      return "a file";
    }
    get size() {
      return 3;
    }
    get ownsReads() {
      return true;
    }
    read(start: number, end: number) {
      return Promise.resolve(new Uint8Array(end - start));
    }
  }
  const plain = {
    name: "own",
    open: () => Promise.resolve(new OwnFile()),
    list: () => Promise.resolve(new Map([["file", new OwnFile()]])),
  };
  const { signal } = new AbortController();
  const abortable = new AbortableSource(plain, signal);
  const files = [
    await new ProgressSource(plain, () => {}).open("file"),
    await abortable.open("file"),
    (await abortable.list())!.get("file"),
  ];
  for (const file of files) {
    assertEquals([file!.name, file!.size, file!.ownsReads], ["a file", 3, true]);
  }
});

Deno.test("ProgressSource lists the files of a source that can list them", async () => {
  const callback = () => {};
  const files = new MemorySource({ "vocab.txt": "a" });
  assertEquals([...(await new ProgressSource(files, callback).list())!.keys()], ["vocab.txt"]);
  const unlisted = { name: "server", open: () => Promise.resolve(undefined) };
  assertEquals(await new ProgressSource(unlisted, callback).list(), undefined);
});

Deno.test("ProgressSource never reports more bytes than the file has, and reports done once", async () => {
  const { file, reported } = await openWithProgress();
  for (let i = 0; i < 3; i++) await file.read(0, 8);
  assertEquals(reported.filter(({ status }) => status === "done").length, 1);
  const loaded = reported.flatMap((info) => info.status === "progress" ? [info.loaded] : []);
  assertEquals(loaded, [8, 10, 10]);
});

Deno.test("ProgressSource reports an empty file as complete", async () => {
  const { file, reported } = await openWithProgress(new Uint8Array());
  await file.read(0, 0);
  const progress = reported.flatMap((info) => info.status === "progress" ? [info.progress] : []);
  assertEquals(progress, [100]);
});

Deno.test("ProgressSource reports nothing for missing files", async () => {
  const reported: ProgressInfo[] = [];
  const source = new ProgressSource(new MemorySource({}), (info) => reported.push(info));
  assertEquals(source.name, "memory");
  assertEquals(await source.open("config.json"), undefined);
  assertEquals(reported, []);
});

Deno.test("ProgressSource rejects the names that its source rejects", async () => {
  const source = new ProgressSource(new MemorySource({}), () => {});
  await assertRejects(() => source.open("../secret"), RangeError, "plain name");
});

Deno.test("ProgressSource does not report a failed read", async () => {
  const reported: string[] = [];
  const broken = {
    name: "broken",
    open: () =>
      Promise.resolve({
        name: "broken/file",
        size: 4,
        read: () => Promise.reject(new Error("the disk failed")),
      }),
  };
  const source = new ProgressSource(broken, ({ status }) => reported.push(status));
  const file = (await source.open("file"))!;
  await assertRejects(() => file.read(0, 4), Error, "the disk failed");
  assertEquals(reported, ["initiate", "download"]);
});
