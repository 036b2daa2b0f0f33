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
  const info = { name: "memory", file: "model.safetensors", total: 10 };
  assertEquals(told, [{ ...info, status: "initiate", loaded: 0, progress: 0 }]);
  await file.read(0, 4);
  assertEquals(told.slice(1), [{ ...info, status: "progress", loaded: 4, progress: 40 }]);
  await file.read(4, 10);
  assertEquals(told.slice(2), [
    { ...info, status: "progress", loaded: 10, progress: 100 },
    { ...info, status: "done", loaded: 10, progress: 100 },
  ]);
});

Deno.test("ProgressSource hands the bytes on as they are", async () => {
  const { file } = await openTold(new Uint8Array([5, 6, 7]));
  assertEquals(file.name, "memory/model.safetensors");
  assertEquals(file.size, 3);
  assertEquals(await file.read(1, 3), new Uint8Array([6, 7]));
});

Deno.test("ProgressSource never tells of more bytes than there are", async () => {
  const { file, told } = await openTold();
  await file.read(0, 8);
  await file.read(0, 8);
  assertEquals(told.map(({ loaded }) => loaded), [0, 8, 10, 10]);
});

Deno.test("ProgressSource tells of an empty file that it is all there", async () => {
  const { told } = await openTold(new Uint8Array());
  assertEquals(told.map(({ progress }) => progress), [100]);
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
  assertEquals(told, ["initiate"]);
});
