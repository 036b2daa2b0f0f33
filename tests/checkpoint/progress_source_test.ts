import { assertEquals, assertRejects } from "@std/assert";
import { MemorySource } from "../../checkpoint/memory_source.ts";
import { type ProgressInfo, ProgressSource } from "../../checkpoint/progress_source.ts";
import type { CheckpointFile } from "../../checkpoint/source.ts";

/** A file of 10 bytes, and all that is told of it. */
async function openTold(
  content = new Uint8Array(10),
): Promise<{ file: CheckpointFile; told: ProgressInfo[] }> {
  const told: ProgressInfo[] = [];
  const files = new MemorySource({ "model.safetensors": content });
  const source = new ProgressSource(files, (info) => told.push(info));
  return { file: (await source.open("model.safetensors"))!, told };
}

Deno.test("ProgressSource tells of a file with transformers.js's keys", async () => {
  const { file, told } = await openTold();
  const about = { name: "memory", file: "model.safetensors" };
  assertEquals(told, [{ status: "initiate", ...about }, { status: "download", ...about }]);
  await file.read(0, 4);
  const info = { status: "progress", ...about, total: 10 };
  assertEquals(told.slice(2), [{ ...info, loaded: 4, progress: 40 }]);
  await file.read(4, 10);
  assertEquals(told.slice(3), [
    { ...info, loaded: 10, progress: 100 },
    { status: "done", ...about },
  ]);
});

Deno.test("ProgressSource hands the bytes on as they are", async () => {
  const { file } = await openTold(new Uint8Array([5, 6, 7]));
  assertEquals(file.name, "memory/model.safetensors");
  assertEquals(file.size, 3);
  assertEquals(await file.read(1, 3), new Uint8Array([6, 7]));
});

Deno.test("ProgressSource never tells of more bytes than there are, nor twice that it is done", async () => {
  const { file, told } = await openTold();
  for (let i = 0; i < 3; i++) await file.read(0, 8);
  assertEquals(told.filter(({ status }) => status === "done").length, 1);
  const loaded = told.flatMap((info) => info.status === "progress" ? [info.loaded] : []);
  assertEquals(loaded, [8, 10, 10]);
});

Deno.test("ProgressSource tells of an empty file that it is all there", async () => {
  const { file, told } = await openTold(new Uint8Array());
  await file.read(0, 0);
  const progress = told.flatMap((info) => info.status === "progress" ? [info.progress] : []);
  assertEquals(progress, [100]);
});

Deno.test("ProgressSource is silent about files that are not there", async () => {
  const told: ProgressInfo[] = [];
  const source = new ProgressSource(new MemorySource({}), (info) => told.push(info));
  assertEquals(source.name, "memory");
  assertEquals(await source.open("config.json"), undefined);
  assertEquals(told, []);
});

Deno.test("ProgressSource refuses the names that its source refuses", async () => {
  const source = new ProgressSource(new MemorySource({}), () => {});
  await assertRejects(() => source.open("../secret"), RangeError, "plain name");
});

Deno.test("ProgressSource does not tell of a read that failed", async () => {
  const told: string[] = [];
  const broken = {
    name: "broken",
    open: () =>
      Promise.resolve({
        name: "broken/file",
        size: 4,
        read: () => Promise.reject(new Error("the disk failed")),
      }),
  };
  const source = new ProgressSource(broken, ({ status }) => told.push(status));
  const file = (await source.open("file"))!;
  await assertRejects(() => file.read(0, 4), Error, "the disk failed");
  assertEquals(told, ["initiate", "download"]);
});
