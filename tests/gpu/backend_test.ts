import { assertEquals } from "@std/assert";
import { GpuBackend } from "../../gpu/mod.ts";
import { checkMemory, checkRefusals, checkScope, checkUploads } from "../ops/backend_cases.ts";
import { testOnGpu } from "./backends.ts";

testOnGpu("operations and uploads leave each other's memory alone", async () => {
  await checkMemory(await GpuBackend.open(), 1);
});

testOnGpu("an upload does not reach an operation that was recorded before", async () => {
  const backend = await GpuBackend.open();
  await checkUploads(backend);
  assertEquals(backend.counts.launches, 3);
  backend.dispose();
});

testOnGpu("GpuBackend keeps nothing of tensors and operations that it refuses", async () => {
  const backend = await GpuBackend.open();
  checkRefusals(backend);
  backend.dispose();
});

testOnGpu("GpuBackend.scope() returns to the level that it started from", async () => {
  await checkScope(await GpuBackend.open());
});

testOnGpu("room that is reserved holds nothing", async () => {
  const backend = await GpuBackend.open();
  const room = backend.reserve([2, 3]);
  assertEquals(backend.memory(), { tensors: 1, bytes: 0 });
  room.dispose();
  assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
  backend.dispose();
});
