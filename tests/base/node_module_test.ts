import { assertEquals, assertThrows } from "@std/assert";
import { nodeModule } from "../../base/node_module.ts";

Deno.test("nodeModule() returns the runtime's own module", async () => {
  assertEquals(nodeModule("node:path").join, (await import("node:path")).join);
});

Deno.test("nodeModule() refuses by name where the runtime has no modules of Node", () => {
  const { process } = globalThis;
  for (const value of [undefined, {}]) {
    Object.defineProperty(globalThis, "process", { value, configurable: true, writable: true });
    try {
      assertThrows(() => nodeModule("node:fs"), Error, "Cannot load node:fs: wanted Deno, Node");
    } finally {
      Object.defineProperty(globalThis, "process", {
        value: process,
        configurable: true,
        writable: true,
      });
    }
  }
});
