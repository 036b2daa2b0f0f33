import { assertEquals, assertThrows } from "@std/assert";
import { HeldStorage } from "../../tensor/held_storage.ts";

class Memory extends HeldStorage {
  freed = 0;
  protected free(): void {
    this.freed++;
  }
}

Deno.test("memory is freed when its owner has disposed of it and nobody holds it", () => {
  const memory = new Memory();
  memory.retain();
  memory.retain();
  memory.dispose();
  memory.dispose(); // a second call does not count
  memory.release();
  assertEquals(memory.freed, 0);
  memory.release();
  assertEquals(memory.freed, 1);
  assertThrows(() => memory.release(), Error, "nothing holds");
});

Deno.test("memory that is released first is freed by its owner", () => {
  const memory = new Memory();
  memory.retain();
  memory.release();
  assertEquals(memory.freed, 0);
  memory.dispose();
  assertEquals(memory.freed, 1);
});

Deno.test("destroy() frees memory whoever holds it", () => {
  const memory = new Memory();
  memory.retain();
  memory.destroy();
  assertEquals(memory.freed, 1);
});
