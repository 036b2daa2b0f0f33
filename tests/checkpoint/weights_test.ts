import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MappedWeights } from "../../checkpoint/mapped_weights.ts";
import { MemoryWeights } from "../../checkpoint/memory_weights.ts";

const DATA = new Float32Array([1, 2]);

Deno.test("MemoryWeights returns tensors by name", async () => {
  const weights = new MemoryWeights([["a", { dims: [2, 1], data: DATA }]]);
  assertEquals(weights.names(), ["a"]);
  assertEquals([weights.has("a"), weights.has("b")], [true, false]);
  assertEquals(weights.dims("a"), [2, 1]);
  assertEquals(await weights.load("a"), DATA);
  assertThrows(() => weights.dims("toString"), RangeError, "no tensor toString");
  await assertRejects(() => weights.load("b"), RangeError, "no tensor b");
});

Deno.test("MemoryWeights throws on dims that do not match", () => {
  const tensors: [string, { dims: number[]; data: Float32Array }][] = [["a", {
    dims: [3],
    data: DATA,
  }]];
  assertThrows(() => new MemoryWeights(tensors), RangeError, "tensor a: dims [3]");
});

Deno.test("MappedWeights returns tensors under other names", async () => {
  const weights = new MemoryWeights([["a", { dims: [2], data: DATA }]]);
  const mapped = new MappedWeights([["b", { weights, name: "a" }]]);
  assertEquals(mapped.names(), ["b"]);
  assertEquals([mapped.has("a"), mapped.has("b")], [false, true]);
  assertEquals(mapped.dims("b"), [2]);
  assertEquals(await mapped.load("b"), DATA);
  assertThrows(() => mapped.dims("a"), RangeError, "no tensor a");
  await assertRejects(() => mapped.load("a"), RangeError, "no tensor a");
});
