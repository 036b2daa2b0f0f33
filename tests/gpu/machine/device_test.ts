import { assert, assertEquals, assertRejects } from "@std/assert";
import { findAdapter, openDevice } from "../../../gpu/machine/device.ts";
import { hasHardware } from "../../../gpu/machine/find_hardware.ts";
import { GpuBackend, NoAdapterError } from "../../../gpu/mod.ts";
import { testOnGpu } from "../backends.ts";

/** Runs with another `navigator.gpu`. */
async function withGpu(gpu: unknown, run: () => Promise<void>): Promise<void> {
  const own = Object.getOwnPropertyDescriptor(navigator, "gpu");
  Object.defineProperty(navigator, "gpu", { value: gpu, configurable: true });
  try {
    await run();
  } finally {
    if (own) Object.defineProperty(navigator, "gpu", own);
    else delete (navigator as { gpu?: GPU }).gpu;
  }
}

/** An adapter without optional features. */
const plain = {
  features: new Set(),
  limits: {},
  info: { isFallbackAdapter: false },
};

Deno.test("a program without WebGPU gives NoAdapterError", async () => {
  await withGpu(undefined, async () => {
    await assertRejects(() => GpuBackend.open(), NoAdapterError, 'use the device "wasm"');
    assertEquals(await hasHardware(), false);
  });
});

Deno.test("a machine without an adapter gives NoAdapterError", async () => {
  await withGpu({ requestAdapter: () => Promise.resolve(null) }, async () => {
    await assertRejects(() => GpuBackend.open(), NoAdapterError, "found no graphics processor");
    assertEquals(await hasHardware(), false);
  });
});

Deno.test("float16 is refused where the adapter lacks it", async () => {
  await withGpu({ requestAdapter: () => Promise.resolve(plain) }, async () => {
    await assertRejects(() => openDevice("fp16"), RangeError, "lacks shader-f16");
    assertEquals(await Promise.all([hasHardware(), hasHardware("fp16")]), [true, false]);
    assertEquals(await hasHardware("q8"), true);
  });
});

Deno.test("an emulation is no hardware", async () => {
  const emulated = { ...plain, info: { isFallbackAdapter: true } };
  await withGpu({ requestAdapter: () => Promise.resolve(emulated) }, async () => {
    assertEquals(await hasHardware(), false);
  });
});

Deno.test("an adapter of which nothing is told is hardware", async () => {
  const { info: _, ...silent } = plain;
  await withGpu({ requestAdapter: () => Promise.resolve(silent) }, async () => {
    assertEquals(await hasHardware(), true);
  });
});

Deno.test("hasHardware() looks for an adapter once", async () => {
  let requests = 0;
  const requestAdapter = (options?: GPURequestAdapterOptions) => {
    assertEquals(options, { powerPreference: "high-performance" }); // the one that is opened
    return Promise.resolve(++requests === 1 ? plain : null);
  };
  await withGpu({ requestAdapter }, async () => {
    assertEquals([await hasHardware(), await hasHardware()], [true, true]);
  });
  assertEquals(requests, 1);
});

Deno.test("other types of storage are refused", async () => {
  for (const dtype of ["q4", "fp64", ""]) {
    await assertRejects(
      () => GpuBackend.open({ dtype: dtype as "fp32" }),
      RangeError,
      `with dtype "${dtype}": wanted`,
    );
  }
});

testOnGpu("a device has the adapter's own limits of size", async () => {
  const [adapter, device] = await Promise.all([findAdapter(), openDevice("fp32")]);
  assertEquals(device.limits.maxBufferSize, adapter.limits.maxBufferSize);
  assertEquals(
    device.limits.maxComputeWorkgroupStorageSize,
    adapter.limits.maxComputeWorkgroupStorageSize,
  );
  assert(!device.features.has("shader-f16"));
  device.destroy();
});
