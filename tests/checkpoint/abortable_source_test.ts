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

Deno.test("AbortableSource does not wait for bytes that never come, and leaves no listener", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const add = signal.addEventListener.bind(signal);
  const listeners = new Set<() => void>();
  const counted = Object.assign(signal, {
    addEventListener: (_type: string, listener: () => void) => {
      listeners.add(listener);
      add("abort", listener);
    },
    removeEventListener: (_type: string, listener: () => void) => void listeners.delete(listener),
  });
  const read = (start: number, end: number) =>
    start === 0 ? Promise.resolve(new Uint8Array(end)) : new Promise<never>(() => {});
  const server = {
    name: "server",
    open: (name: string) => Promise.resolve({ name, size: 3, read }),
  };
  const file = (await new AbortableSource(server, counted).open("file"))!;
  assertEquals(await file.read(0, 1), new Uint8Array(1));
  assertEquals(listeners.size, 0);
  const waiting = file.read(1, 3);
  assertEquals(listeners.size, 1);
  controller.abort(new Error("no longer needed"));
  await assertRejects(() => waiting, Error, "no longer needed");
  assertEquals(listeners.size, 0);
});

Deno.test("AbortableSource does not wait for a file that never opens, unless the source ends itself", async () => {
  for (const endsItself of [false, true]) {
    const controller = new AbortController();
    const settle: (() => void)[] = [];
    const never = () => new Promise<undefined>((resolve) => settle.push(() => resolve(undefined)));
    const server = { name: "server", open: never, list: never };
    const source = new AbortableSource(server, controller.signal, endsItself);
    for (const call of [source.open("file"), source.list()]) {
      call.catch(() => {});
      controller.abort(new Error("no longer needed"));
      if (endsItself) {
        settle.forEach((settle) => settle());
        assertEquals(await call, undefined);
      } else {
        await assertRejects(() => call, Error, "no longer needed");
      }
    }
  }
});
