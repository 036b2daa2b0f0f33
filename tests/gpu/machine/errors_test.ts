import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import {
  caught,
  deviceLost,
  DeviceLostError,
  GpuError,
  KernelError,
  NoAdapterError,
  OutOfMemoryError,
} from "../../../gpu/machine/errors.ts";

Deno.test("every error of the graphics processor is a GpuError under its own name", () => {
  for (const Kind of [NoAdapterError, DeviceLostError, OutOfMemoryError, KernelError]) {
    const error = new Kind("why");
    assertInstanceOf(error, GpuError);
    assertEquals(String(error), `${Kind.name}: why`);
  }
});

Deno.test("deviceLost() says why and what to do", () => {
  assertStringIncludes(deviceLost("driver reset").message, "lost (driver reset): dispose");
  assertStringIncludes(deviceLost("").message, "was lost: dispose");
});

Deno.test({
  name: "caught() tells memory from the rest",
  ignore: !("GPUOutOfMemoryError" in globalThis),
  fn: () => {
    const memory = caught(new GPUOutOfMemoryError("x"), "run");
    assert(memory instanceof OutOfMemoryError);
    assertStringIncludes(memory.message, "Cannot run: WebGPU is out of memory");
    const validation = caught(new GPUValidationError("wrong binding"), "run");
    assert(validation instanceof KernelError);
    assertEquals(validation.message, "Cannot run: wrong binding");
  },
});
