import { assert, assertEquals, assertRejects } from "@std/assert";
import type { BackendName } from "../ops/backend.ts";
import { availableBackends, BACKEND_NAMES, openBackend } from "../device.ts";
import { testedBackends } from "./helpers/backends.ts";

Deno.test("openBackend() opens every backend that there is", async () => {
  assertEquals((await availableBackends()).slice(0, 2), ["cpu", "wasm"]);
  for (const name of await testedBackends()) {
    const backend = await openBackend(name);
    assertEquals(backend.name, name);
    assertEquals(backend.memory(), { tensors: 0, bytes: 0 });
    backend.dispose();
  }
});

Deno.test("openBackend() takes one by itself", async () => {
  for (const backend of [await openBackend(), await openBackend("auto")]) {
    assert(BACKEND_NAMES.includes(backend.name));
    backend.dispose();
  }
});

Deno.test("openBackend() takes graphics processors by themselves, emulated ones only by name", async () => {
  const adapter = await navigator.gpu?.requestAdapter();
  const isHardware = !!adapter && !adapter.info.isFallbackAdapter;
  const backend = await openBackend();
  assertEquals(backend.name, isHardware ? "webgpu" : "wasm");
  backend.dispose();
  const threaded = await openBackend("auto", { threads: 1 });
  assertEquals(threaded.name, "wasm");
  threaded.dispose();
  await assertRejects(
    () => openBackend("webgpu", { threads: 2 }),
    RangeError,
    "Cannot run webgpu on 2 threads",
  );
});

Deno.test("openBackend() opens another one each time", async () => {
  const [first, second] = [await openBackend("cpu"), await openBackend("cpu")];
  first.dispose();
  assertEquals(second.floats(new Float32Array([1]), [1]).tolist(), [1]);
});

Deno.test("openBackend() refuses unknown names and lists the known ones", async () => {
  for (const name of ["cuda", "", "toString", "__proto__"]) {
    await assertRejects(
      () => openBackend(name as BackendName),
      RangeError,
      `Cannot open the device "${name}": wanted "auto" or one of "cpu"`,
    );
  }
});
