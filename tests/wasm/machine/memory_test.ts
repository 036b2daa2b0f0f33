import { assert, assertEquals, assertThrows } from "@std/assert";
import { Random } from "../../../tensor/random.ts";
import { Arena } from "../../../wasm/machine/memory.ts";

Deno.test("Arena hands out the first range that fits, in whole cache lines", () => {
  const arena = new Arena(10, 64 * 100);
  assertEquals([1, 64, 65, 0].map((bytes) => arena.allocate(bytes, true)), [64, 128, 192, 320]);
  assertEquals([arena.used, arena.parts, arena.highest], [64 * 5, 4, 384]);
  arena.release(128);
  arena.release(192);
  arena.settle();
  assertEquals(arena.allocate(200, true), 384, "does not fit in between");
  assertEquals(arena.allocate(100, true), 128, "fits into the first gap");
  assertEquals(arena.allocate(64, true), 256, "fits into its rest");
  assertEquals(arena.highest, 640);
});

Deno.test("Arena joins neighbours in whatever order they come back", () => {
  for (const order of [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]) {
    for (const settles of [false, true]) {
      const arena = new Arena(0, 64 * 4);
      const parts = [1, 1, 1].map((bytes) => arena.allocate(bytes, true));
      const wall = arena.allocate(1, true);
      for (const i of order) {
        arena.release(parts[i]);
        if (settles) arena.settle();
      }
      arena.settle();
      assertEquals(arena.allocate(3 * 64, true), 0, String(order));
      arena.release(0);
      arena.release(wall);
      arena.settle();
      assertEquals([arena.allocate(4 * 64, false), arena.parts], [0, 1]);
    }
  }
});

Deno.test("Arena gives what came back to operations at once, to values after settle()", () => {
  const arena = new Arena(0, 64 * 10);
  const first = arena.allocate(64, true);
  arena.allocate(64, true);
  arena.release(first);
  assertEquals(arena.allocate(64, true), 128);
  assertEquals(arena.allocate(64, false), first);
  arena.release(first);
  arena.settle();
  assertEquals(arena.allocate(64, true), first);
});

Deno.test("Arena joins what came back with what was free, for operations", () => {
  const arena = new Arena(0, 64 * 4);
  const part = arena.allocate(64, true);
  arena.release(part);
  assertEquals(arena.allocate(4 * 64, false), 0, "one that came back, and three that were free");
  arena.release(0);
  assertEquals(arena.allocate(3 * 64, false), 0);
  assertThrows(() => arena.allocate(64, true), RangeError, "Cannot allocate");
  arena.settle();
  assertEquals(arena.allocate(64, true), 3 * 64);
});

Deno.test("Arena says how much is in use when nothing fits, and goes on", () => {
  const megabyte = 2 ** 20;
  const arena = new Arena(0, 4 * megabyte);
  const part = arena.allocate(3 * megabyte, true);
  assertThrows(
    () => arena.allocate(2 * megabyte, false),
    RangeError,
    "Cannot allocate 2 MB of WebAssembly memory: 3 of 4 MB are in use",
  );
  assertEquals(arena.used, 3 * megabyte);
  arena.release(part);
  assertThrows(() => arena.allocate(2 * megabyte, true), RangeError, "0 of 4 MB are in use");
  assertEquals(arena.allocate(2 * megabyte, false), 0);
});

Deno.test("Arena takes nothing back twice, nor what it never gave", () => {
  const arena = new Arena(0, 64 * 4);
  const part = arena.allocate(64, true);
  arena.release(part);
  arena.release(part);
  arena.release(32);
  assertEquals([arena.used, arena.parts], [0, 0]);
  assertEquals([arena.allocate(64, false), arena.allocate(64, false)], [0, 64]);
});

Deno.test("Arena never hands out an address twice, and loses none", () => {
  const random = new Random(1);
  const draw = (count: number) => Math.floor(random.uniform() * count);
  const end = 64 * 2000;
  const arena = new Arena(0, end);
  const taken = new Map<number, number>();
  for (let step = 0; step < 3000; step++) {
    if (draw(2) === 0 && taken.size < 40) {
      const size = 64 * (1 + draw(20));
      const start = arena.allocate(size, draw(2) === 0);
      for (const [other, length] of taken) {
        assert(start + size <= other || other + length <= start, `${start} in ${other}`);
      }
      taken.set(start, size);
    } else if (taken.size > 0) {
      const start = [...taken.keys()][draw(taken.size)];
      arena.release(start);
      taken.delete(start);
    }
    if (draw(10) === 0) arena.settle();
  }
  for (const start of taken.keys()) arena.release(start);
  arena.settle();
  assertEquals([arena.used, arena.allocate(end, true)], [0, 0]);
});
