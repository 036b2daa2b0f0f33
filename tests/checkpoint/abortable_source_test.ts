import { assertEquals, assertRejects } from "@std/assert";
import { AbortableSource } from "../../checkpoint/abortable_source.ts";
import { MemorySource } from "../../checkpoint/memory_source.ts";

Deno.test("AbortableSource passes files through until its signal is aborted", async () => {
  const controller = new AbortController();
  const memory = new MemorySource({ "data.bin": new Uint8Array([1, 2, 3]) });
  const source = new AbortableSource(memory, controller.signal);
  assertEquals(source.name, "memory");
  const file = (await source.open("data.bin"))!;
  assertEquals([file.name, file.size], ["memory/data.bin", 3]);
  assertEquals(await file.read(1, 3), new Uint8Array([2, 3]));
  assertEquals(await source.open("other.bin"), undefined);
  const listed = (await source.list())!.get("data.bin")!;
  assertEquals(await listed.read(1, 3), new Uint8Array([2, 3]));
  const unlisted = { name: "server", open: () => Promise.resolve(undefined) };
  assertEquals(await new AbortableSource(unlisted, controller.signal).list(), undefined);
  controller.abort(new Error("no longer needed"));
  await assertRejects(() => listed.read(1, 3), Error, "no longer needed");
  await assertRejects(() => source.list(), Error, "no longer needed");
  await assertRejects(() => file.read(1, 3), Error, "no longer needed");
  await assertRejects(() => source.open("data.bin"), Error, "no longer needed");
});
