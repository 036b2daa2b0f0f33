import { assert, assertEquals, assertRejects } from "@std/assert";
import type { BackendName } from "../backend.ts";
import { BACKEND_NAMES, openBackend } from "../device.ts";

Deno.test("openBackend() opens every backend that it names", async () => {
  assert(BACKEND_NAMES.includes("cpu"));
  for (const name of BACKEND_NAMES) {
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
